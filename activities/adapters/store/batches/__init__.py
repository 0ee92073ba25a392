"""Files of orders in our own database: as they come in, as they are read, and what became of their rows."""
