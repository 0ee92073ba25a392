"""Commands about books: worklists, differences, postings."""
