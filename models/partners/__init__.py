"""What we ask of each partner and what it answers, in our words."""
