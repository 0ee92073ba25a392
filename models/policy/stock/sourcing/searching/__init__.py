"""Looking for the fewest nodes that give everything: exactly, as long as that is cheap."""
