"""Commands for whoever looks after an installation."""
