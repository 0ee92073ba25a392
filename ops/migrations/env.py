"""Run by Alembic for every command: migrates over the connection that `upgrade` has opened and locked."""

from alembic import context

from activities.adapters.store.tables.everything import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
