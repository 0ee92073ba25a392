"""HTTP: orders in, callbacks in, decisions in, views out."""
