"""The server: its software, its database, and how it is spoken to."""
