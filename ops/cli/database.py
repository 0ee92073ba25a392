"""``orderloom db``: the database's schema."""

from __future__ import annotations

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption
from ops.cli.output import console

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(data: DataOption = DEFAULT_FOLDER) -> None:
    """Bring the database to the newest schema; ``ORDERLOOM_DATABASE_URL`` says which, else it is the local stack's."""
    from sqlalchemy import make_url

    from models.settings import Settings
    from ops.migrations import upgrade as migrations

    address = Settings(data_dir=data).database
    migrations.upgrade(address)
    console().print(f"{make_url(address)!s} has the newest schema", markup=False)
