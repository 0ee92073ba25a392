"""Stock as the API shows it."""
