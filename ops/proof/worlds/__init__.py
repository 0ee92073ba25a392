"""Random worlds: everything that can be done to stock, in any order, with crashes, on a real database."""
