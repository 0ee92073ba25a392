"""State machines as explicit tables; an illegal move raises."""
