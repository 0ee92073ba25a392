"""Returns in our own database: opened, claimed, settled, recorded, shown."""
