"""Karrio installed, and what every stack's copy of it begins with: both made once on a machine."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ops.partners.cache import made_once, python_environment, run
from ops.partners.karrio.house import load_house, recipe
from ops.partners.karrio.setting_up import set_up
from ops.partners.program import Program, running
from ops.stack.ports import HOST, choose

if TYPE_CHECKING:
    from collections.abc import Callable

DATABASE = "karrio.db.sqlite3"
TOKEN = "token"  # noqa: S105 - a file's name
_ADMINISTRATOR = "karrio@example.com"
_PASSWORD = "for this machine only"  # noqa: S105 - Karrio listens on this machine only
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_STEPS = "1"
"""To be raised when what is done below comes to something else."""


def python() -> Path:
    """Install Karrio, once; answers the Python that has it."""
    return python_environment("karrio-software", _REQUIREMENTS)


def prepared(tell: Callable[[str], None]) -> Path:
    """Answer the folder with Karrio's database, in which the carrier is set up, and with our token for it."""
    tell("Karrio: installing")
    python()
    tell("Karrio: making its database, which takes some minutes the first time")
    steps = "\n".join((_STEPS, _REQUIREMENTS.read_text(encoding="utf-8"), recipe()))
    return made_once("karrio-data", steps, _make)


def copied(data: Path, folder: Path) -> str:
    """Bring the prepared data into a folder that has none yet; answers the token."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (DATABASE, TOKEN):
        if not (folder / name).exists():
            shutil.copyfile(data / name, folder / name)
    return (folder / TOKEN).read_text(encoding="utf-8")


def server(folder: Path, port: int) -> Program:
    """Karrio's server, with all it keeps in this folder. Its webhooks go out from there too."""
    url = f"http://{HOST}:{port}"
    return Program(
        name="karrio",
        command=(
            *(_command("gunicorn"), "karrio.server.asgi:application", "-k", "uvicorn.workers.UvicornWorker"),
            *("-b", f"{HOST}:{port}", "-w", "1", "--timeout", "120", "--log-level", "warning"),
        ),
        health=f"{url}/v1/references",
        environment=_settings(folder),
        folder=folder,
    )


def _make(folder: Path) -> None:
    environment = _settings(folder)
    run([_command("karrio"), "migrate"], cwd=folder, environment=environment)
    superuser = {"DJANGO_SUPERUSER_PASSWORD": _PASSWORD}
    run(
        [_command("karrio"), "createsuperuser", "--noinput", "--email", _ADMINISTRATOR],
        cwd=folder,
        environment=environment | superuser,
    )
    port = choose({"karrio": 0}, print)["karrio"]
    with tempfile.TemporaryDirectory() as logs, running([server(folder, port)], Path(logs)):
        token = set_up(f"http://{HOST}:{port}", _ADMINISTRATOR, _PASSWORD, load_house().carrier)
    (folder / TOKEN).write_text(token, encoding="utf-8")


def _command(name: str) -> str:
    return str(python().with_name(name))


def _settings(folder: Path) -> dict[str, str]:
    kept = str(folder)
    return {
        "SECRET_KEY": _PASSWORD,
        "DEBUG_MODE": "False",
        "USE_HTTPS": "False",
        "ALLOWED_HOSTS": HOST,
        "DATABASE_ENGINE": "sqlite3",
        "DATABASE_NAME": DATABASE.removesuffix(".sqlite3"),
        "WORK_DIR": kept,
        "WORKER_DB_DIR": kept,
        "STATIC_ROOT_DIR": kept,
        "LOG_DIR": kept,
        "LOG_LEVEL": "WARNING",
        "BACKGROUND_WORKER_ENABLED": "False",
        # Without a worker of its own, what Karrio does later is done by the server.
        "DETACHED_WORKER": "True",
        "MULTI_ORGANIZATIONS": "False",
        "ENABLE_ALL_PLUGINS_BY_DEFAULT": "True",
    }
