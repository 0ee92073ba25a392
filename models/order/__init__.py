"""The canonical order: what every channel's payload becomes."""
