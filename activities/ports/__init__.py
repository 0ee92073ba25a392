"""The ports: what we ask of the world, in our own words. An adapter answers each."""
