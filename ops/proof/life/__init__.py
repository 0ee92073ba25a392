"""The life of a reservation, searched exhaustively: every state that a balance and its claims can reach."""
