"""Other people's software that runs on this machine as a real partner: installed, prepared, started."""
