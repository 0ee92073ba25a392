"""What a Tryton's books hold at first."""
