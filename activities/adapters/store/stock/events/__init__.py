"""What happens to stock, written once and in whatever order it is told."""
