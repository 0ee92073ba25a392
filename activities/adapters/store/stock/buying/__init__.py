"""What is to be bought or moved, and what demand says about it."""
