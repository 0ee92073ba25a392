"""Changes of an order after it was accepted: what is wished, who agrees, what it does to goods and money."""
