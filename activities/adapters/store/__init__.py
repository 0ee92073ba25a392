"""Our own database: tables, the order book, the stock ledger, inbox and outbox. SQLite and PostgreSQL alike."""
