"""Orders through real systems at once, and whether the systems' own books agree with ours afterwards."""
