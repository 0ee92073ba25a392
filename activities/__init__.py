"""The effects: what the platform does to the world, as thin verbs over typed ports."""
