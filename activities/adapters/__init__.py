"""One folder a real system: the only code that does I/O."""
