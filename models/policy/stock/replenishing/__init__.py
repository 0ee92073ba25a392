"""What is to be ordered, and how stock will run."""
