"""The skeleton of an adapter to one more system, made from the ports and the contract suites as they are."""
