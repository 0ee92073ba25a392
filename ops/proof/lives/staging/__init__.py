"""A stage for workflows without a server: a loop with time of its own, and what a story asks of Temporal."""
