"""What lies behind the sandbox channels."""
