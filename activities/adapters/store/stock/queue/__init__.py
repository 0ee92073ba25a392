"""Who waits for stock: backorders, when they may expect it, and how they are served."""
