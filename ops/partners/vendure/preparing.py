"""The Vendure shop prepared once, run from a copy, and what our processes are told of it."""

from __future__ import annotations

import secrets
import shutil
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ops.partners.cache import made_once
from ops.partners.program import Program, running
from ops.partners.vendure import assortment, filling, software
from ops.sandbox.goods import load_goods
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "vendure"
_GOODS = Path(__file__).parents[2] / "samples" / "goods.yaml"
_MADE_OF = (Path(filling.__file__), assortment.FILE, _GOODS)
_DATABASE = "shop.sqlite"
_KEY = "api-key"
_PASSWORD = "password"  # noqa: S105 - a file's name


def prepared(tell: Callable[[str], None]) -> Path:
    """Install the shop and fill it with goods, once; answers the folder of the filled shop.

    Raises:
        StackError: there is no Node.js here, or it could not be fetched, started or filled.
    """
    tell("Vendure: installing")
    program = software.installed()

    def fill(folder: Path) -> None:
        tell("Vendure: filling the shop")
        _write(folder / _PASSWORD, secrets.token_urlsafe())
        with TemporaryDirectory() as logs:
            port = _free_port()
            with running([_program(program, folder, port)], Path(logs)):
                goods = load_goods(_GOODS)
                key = filling.fill(address(port), _read(folder, _PASSWORD), assortment.load_assortment(), goods)
        _write(folder / _KEY, key)

    recipe = program.name + "".join(file.read_text(encoding="utf-8") for file in _MADE_OF)
    return made_once("vendure-shop", recipe, fill)


def copied(folder: Path) -> None:
    """Begin a new folder with the prepared shop; one that is a shop already is left as it is.

    Raises:
        StackError: see `prepared`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / _DATABASE).exists():
        return
    begin = prepared(lambda _: None)
    for name in (_PASSWORD, _KEY, _DATABASE):
        shutil.copy(begin / name, folder / name)


def program(folder: Path, port: int) -> Program:
    """Run the shop whose orders are in `folder`.

    Raises:
        StackError: the folder is no shop's, or Vendure cannot be installed.
    """
    return _program(software.installed(), folder, port)


def settings(folder: Path, port: int) -> dict[str, object]:
    """Say how our processes are connected to the shop, as one of `ORDERLOOM_SHOPS`.

    Raises:
        StackError: the folder is no shop's.
    """
    return {"kind": NAME, "url": address(port), "key": _read(folder, _KEY)}


def address(port: int) -> str:
    """Where the shop is."""
    return f"http://127.0.0.1:{port}"


def _program(program: Path, folder: Path, port: int) -> Program:
    settings = {
        "SHOP_PORT": str(port),
        "SHOP_DATABASE": str(folder / _DATABASE),
        "SHOP_PASSWORD": _read(folder, _PASSWORD),
        "VENDURE_DISABLE_TELEMETRY": "true",
    }
    return Program(NAME, ("node", str(program)), f"{address(port)}/health", settings, folder)


def _write(file: Path, secret: str) -> None:
    file.touch(mode=0o600)
    file.write_text(secret, encoding="utf-8")


def _read(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StackError(f"{folder} holds no Vendure shop") from error


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
