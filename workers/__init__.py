"""The processes: which task queue runs what, and how."""
