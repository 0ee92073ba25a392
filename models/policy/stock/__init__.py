"""The rules of stock, and every decision made by them: pure functions of rules and a picture of the shelves."""
