#!/bin/sh
# Makes Temporal's two databases, or brings them to this server's schema; safe to run again.
set -eu
export SQL_PASSWORD="$POSTGRES_PWD"

tool() {
  temporal-sql-tool --plugin postgres12 --endpoint "$POSTGRES_SEEDS" --port 5432 --user "$POSTGRES_USER" "$@"
}

for database in temporal temporal_visibility; do
  versioned=/etc/temporal/schema/postgresql/v12/${database#temporal_}/versioned
  # `create` and the first version refuse what is there already: the update that follows says if that was the reason.
  tool --database "$database" create || true
  tool --database "$database" setup-schema --version 0.0 || true
  tool --database "$database" update-schema --schema-dir "$versioned"
done
