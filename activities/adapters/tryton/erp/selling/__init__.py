"""Orders of record: sales, from the quotation to their amendment."""
