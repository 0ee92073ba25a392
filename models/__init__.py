"""The nouns: frozen, strict values, state machines, policies and every decision as a pure function."""
