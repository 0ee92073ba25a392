"""The life of one return: authorised, waited for, received, inspected, disposed of, and something given for it."""
