"""Our own order document, as B2B portals and stores send it."""
