"""How the goods of an order leave the nodes, and what is done about those that do not or do not arrive."""
