"""Stock: what there is, where, in which state, what may be promised of it and what was."""
