"""The money of an order, written twice: accounts, postings, and the journal that keeps them in balance."""
