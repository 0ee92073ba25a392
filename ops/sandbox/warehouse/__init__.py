"""What happens on the sandbox WMS's shelves, at its counter and at its gate."""
