"""What our books and the partners' disagree about, and who waits for what."""
