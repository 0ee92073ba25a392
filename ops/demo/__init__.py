"""The demonstration: every sample order handed in over HTTP, and followed to its end or its hold."""
