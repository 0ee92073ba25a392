"""EasyPost, a hub of carriers: labels and tracking."""
