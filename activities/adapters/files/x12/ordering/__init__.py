"""An 850 as a canonical order: its head, its lines, its parties, its dates and what is charged or allowed beside."""
