"""The world of one life: partners, shelves, books and people, all in memory, all drawn from one seed."""
