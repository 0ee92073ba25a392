"""Where the API is and who we are to it: from the environment, or else from the stack's folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.exits import UnreachableError, UsageError

DEFAULT_FOLDER = Path(".orderloom")

DataOption = Annotated[
    Path,
    typer.Option(
        "--data", envvar="ORDERLOOM_DATA_DIR", help="The folder the local stack keeps its data in.", show_default=True
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@dataclass(frozen=True)
class Connection:
    """An API and a key to it."""

    url: str
    key: str


def find_connection(data: Path) -> Connection:
    """Find the API: ``ORDERLOOM_API_URL`` and ``ORDERLOOM_API_KEY`` for any deployment, else the local stack's.

    Raises:
        UnreachableError: there is neither.
        UsageError: what the environment says cannot be an address or a key.
    """
    from ops.stack.folder import Folder
    from ops.stack.record import read_record

    folder = Folder(data)
    url = os.environ.get("ORDERLOOM_API_URL", "")
    if not url:
        record = read_record(folder)
        if record is None:
            message = f"no stack runs from {folder.root}: start it with `orderloom up`, or set ORDERLOOM_API_URL"
            raise UnreachableError(message)
        url = record.api_url
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"ORDERLOOM_API_URL is {url}: write it as http://{url.rpartition('://')[2]}")
    key = os.environ.get("ORDERLOOM_API_KEY") or kept_key(data)
    if not (key.isascii() and key.isprintable()):
        raise UsageError("the API key cannot be one: it is a line of ASCII, such as ol_live_...")
    return Connection(url.rstrip("/"), key)


def kept_key(data: Path) -> str:
    """Read the API key that was made at the first start.

    Raises:
        UnreachableError: none was made in this folder.
    """
    from ops.stack.folder import Folder

    path = Folder(data).api_key
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        message = f"there is no API key in {path.parent}: set ORDERLOOM_API_KEY, or start a stack with `orderloom up`"
        raise UnreachableError(message) from None
