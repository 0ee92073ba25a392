"""Sample orders in every format we read, and how they are found and recognised."""
