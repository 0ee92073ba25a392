"""Commands that hand in: orders, files of orders, and what could not be mapped."""
