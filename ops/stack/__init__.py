"""The local stack: every process of it under one supervisor, found again by every command."""
