"""The `orderloom` command."""
