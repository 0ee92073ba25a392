"""What is bought, and what suppliers say of it."""
