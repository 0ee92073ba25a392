"""``orderloom submit``: hand orders in from files, in whichever format they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.exits import CommandError, ExitCode, UsageError
from ops.cli.output import console, error_console, print_json

if TYPE_CHECKING:
    from ops.cli.client import Api

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="JSON files, one payload each.", exists=True, dir_okay=False)
]
Channel = Annotated[
    str | None,
    typer.Option(
        "--channel", help="shopify, woocommerce, magento, amazon or canonical; guessed where it is not given."
    ),
]


def submit(
    files: Files, channel: Channel = None, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False
) -> None:
    """Hand in orders: a channel's own payload, or our canonical JSON. The format is guessed, and the guess said."""
    from rich.markup import escape

    from ops.cli.client import Api

    chosen = [(path, *_format(path, channel)) for path in files]
    rows = []
    with Api(find_connection(data)) as api:
        for path, format_, how in chosen:
            row = {"file": str(path), "format": format_, "guessed_by": how, **_hand_in(api, path, format_)}
            rows.append(row)
            if not as_json:
                for line in _lines(row):
                    (error_console() if "error" in row else console()).print(escape(line))
    if as_json:
        print_json({"submitted": rows})
    if any("error" in row for row in rows):
        raise typer.Exit(ExitCode.NO)


def _format(path: Path, channel: str | None) -> tuple[str, str]:
    """Which format a file is in, and how that is known."""
    from ops.samples.guessing import FORMATS, guess, guess_by_folder

    if channel is not None:
        if channel not in FORMATS:
            raise UsageError(f"there is no channel {channel!r}; there are {', '.join(FORMATS)}")
        return channel, "the option"
    if found := guess(path.read_bytes()):
        return found, "its content"
    if found := guess_by_folder(path):
        return found, "its folder"
    raise UsageError(f"{path} gives no hint of its format; say which with --channel ({', '.join(FORMATS)})")


def _hand_in(api: Api, path: Path, format_: str) -> dict[str, Any]:
    from ops.cli.exits import UnreachableError

    try:
        return {"answer": api.submit(format_, path.read_bytes())}
    except UnreachableError:
        raise
    except CommandError as error:
        return {"error": str(error)}


def _lines(row: dict[str, Any]) -> list[str]:
    head = f"{row['file']}: {row['format']} (by {row['guessed_by']})"
    if "error" in row:
        return [f"{head}: {row['error']}"]
    answers = row["answer"].get("orders", [row["answer"]])
    return [f"{head}: {_said(answer)}" for answer in answers]


def _said(answer: dict[str, Any]) -> str:
    if "quarantine_id" in answer:
        how = "no order yet; noted" if answer["status"] == "noted" else "kept in quarantine"
        return f"{how} as {answer['quarantine_id']}"
    return f"{answer['id']} {answer['status']}"
