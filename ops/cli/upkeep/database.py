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
    is_ours = migrations.upgrade(address)
    has = "the newest schema" if is_ours else "the schema of a newer release, and is left as it is"
    console().print(f"{make_url(address)!s} has {has}", markup=False)


@app.command("seed")
def seed(data: DataOption = DEFAULT_FOLDER) -> None:
    """Learn the ERP's articles, count the warehouse's shelves and make the first API key; does nothing twice."""
    import asyncio

    from models.settings import Settings
    from ops.stack import seeding
    from ops.stack.folder import Folder

    folder = Folder(data)
    folder.make()
    asyncio.run(seeding.seed(Settings(data_dir=folder.root), folder))
    console().print(f"The API key is in {folder.api_key}", markup=False, soft_wrap=True)
