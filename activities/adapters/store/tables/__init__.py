"""Our tables, one file a topic; `everything` brings them all together."""
