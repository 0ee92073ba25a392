"""What keeps the rows of the movements as they were written, for a migration that has made their table anew."""

KEPT_MOVEMENTS = {
    "sqlite": [
        """
        CREATE TRIGGER stock_movements_keep_update BEFORE UPDATE ON stock_movements
        BEGIN SELECT RAISE(ABORT, 'stock movements are append-only'); END
        """,
        """
        CREATE TRIGGER stock_movements_keep_delete BEFORE DELETE ON stock_movements
        BEGIN SELECT RAISE(ABORT, 'stock movements are append-only'); END
        """,
        """
        CREATE TRIGGER stock_movements_keep_replace BEFORE INSERT ON stock_movements
        WHEN EXISTS (SELECT 1 FROM stock_movements WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'stock movements are append-only'); END
        """,
    ],
    "postgresql": [
        """
        CREATE TRIGGER stock_movements_keep_rows BEFORE UPDATE OR DELETE ON stock_movements
        FOR EACH ROW EXECUTE FUNCTION stock_movements_append_only()
        """,
        """
        CREATE TRIGGER stock_movements_keep_table BEFORE TRUNCATE ON stock_movements
        FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_append_only()
        """,
        # The numbers already given are not given again.
        """
        SELECT setval(
            pg_get_serial_sequence('stock_movements', 'id'),
            (SELECT coalesce(max(id), 0) + 1 FROM stock_movements),
            false
        )
        """,
    ],
}
"""Statements by dialect. PostgreSQL's function is there since the first stock migration."""
