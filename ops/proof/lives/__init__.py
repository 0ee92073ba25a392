"""Random lives of orders and their returns: the story's own code, every partner in memory, and laws after each life."""
