"""What goes on by itself, without an order: keeping stock, buying, telling channels."""
