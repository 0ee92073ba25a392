"""How we speak HTTP: bodies, keys, problems, who asks, and our own description."""
