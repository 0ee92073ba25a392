"""ShipEngine's published OpenAPI specification, and Prism, which holds our requests against it."""
