"""Feeds to Amazon: cancellations, refunds and large batches of offers, which it carries out in its own time."""
