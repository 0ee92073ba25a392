"""``orderloom keys``: who may call the API. It works on the database itself, so that a first key can be made."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption
from ops.cli.exits import UnreachableError, UsageError
from ops.cli.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from activities.adapters.store.api_keys import MadeKey, SqlApiKeys
    from ops.cli.client import Json

app = typer.Typer(help="Who may call the API.", no_args_is_help=True)


@app.command("list")
def list_keys(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List every key that was made, and whether it is still good; no key can be read again."""
    import asyncio

    from rich.markup import escape
    from rich.table import Table

    async def asked() -> tuple[MadeKey, ...]:
        async with _opened(data) as keys:
            return await keys.made()

    found = [_shown(key) for key in asyncio.run(asked())]
    if as_json:
        print_json({"keys": found})
        return
    table = Table("key", "name", "made", "state", box=None, pad_edge=False)
    for key in found:
        made = str(key["created_at"])[:16].replace("T", " ")
        table.add_row(escape(key["id"]), escape(key["name"]), made, "revoked" if key["revoked"] else "good")
    console().print(table if found else "No key has been made.")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is: it stands beside what is decided with it.")],
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a key; this is the only time it is shown."""
    import asyncio

    from pydantic import TypeAdapter, ValidationError

    from models.base import Text

    try:
        TypeAdapter(Text).validate_python(name)
    except ValidationError as error:
        wrong = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"this cannot be a name: it {wrong}") from error

    async def made() -> str:
        async with _opened(data) as keys:
            return await keys.create(name)

    key = asyncio.run(made())
    if as_json:
        print_json({"id": key.split("_")[2], "name": name, "key": key})
    else:
        console().print(key, markup=False)


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as `orderloom keys list` shows it.")],
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Let nobody call with a key any more, from now on: no process has to be started again."""
    import asyncio

    async def revoked() -> MadeKey:
        async with _opened(data) as keys:
            return await keys.revoke(key_id)

    key = asyncio.run(revoked())
    if as_json:
        print_json(_shown(key))
        return
    console().print(f"{key.id} ({key.name}) is revoked", markup=False)
    if _is_the_stacks(key_id, data):
        console().print("It was the local stack's own: the next `orderloom up` makes another.", markup=False)


@asynccontextmanager
async def _opened(data: Path) -> AsyncIterator[SqlApiKeys]:
    from sqlalchemy import make_url

    from activities.adapters.store.api_keys import SqlApiKeys
    from activities.adapters.store.database import Database
    from activities.adapters.store.pepper import pepper
    from models.settings import Settings

    settings = Settings(data_dir=data)
    # Opening a file that is not there would make an empty database of it.
    if not settings.database_url and not (data / "orderloom.db").exists():
        where = make_url(settings.database).database
        raise UnreachableError(f"there is no database {where}: start a stack, or set ORDERLOOM_DATABASE_URL")
    database = Database(settings.database)
    try:
        yield SqlApiKeys(database, pepper(settings))
    finally:
        await database.close()


def _shown(key: MadeKey) -> Json:
    return {"id": key.id, "name": key.name, "created_at": key.created_at.isoformat(), "revoked": key.revoked}


def _is_the_stacks(key_id: str, data: Path) -> bool:
    from ops.stack.folder import Folder

    path = Folder(data).api_key
    return path.exists() and f"_{key_id}_" in path.read_text(encoding="utf-8", errors="replace")
