"""What channels are to be told they may sell."""
