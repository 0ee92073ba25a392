"""What channels and partners send us: verified, kept, and mapped or put in quarantine."""
