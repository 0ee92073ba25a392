"""One Tryton with books of its own: which modules it has, what is written into its books, and how it is started."""

from __future__ import annotations

import inspect
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue, TypeAdapter

from ops.partners.cache import made_once, run
from ops.partners.program import Program, running
from ops.partners.tryton.server.postgres import copy_cluster, make_cluster, postgres
from ops.partners.tryton.server.rpc import Rpc
from ops.partners.tryton.server.software import REQUIREMENTS, Software, software
from ops.stack.ports import HOST, choose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    SetUp = Callable[[Rpc], dict[str, JsonValue]]

ADMINISTRATOR = "admin"
PASSWORD = "for this machine only"  # noqa: S105 - the books hold samples, and listen to this machine alone
_DATA = "postgres"
_CONFIGURATION = "trytond.conf"
_FACTS = "facts.json"
_FACTS_SHAPE: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
_BLANK = "1"
"""Counts up when the way a blank database is made changes."""
_SETTINGS = """\
[web]
listen = {host}:{port}
[database]
uri = postgresql://postgres@{host}:{database_port}/
path = {folder}/files
[session]
max_attempt = 100
[password]
length = 4
entropy = 0
[product]
price_decimal = 10
[queue]
worker = {queue}
"""
"""Ten decimals in a unit price: a line of up to a million pieces then comes to the net amount the channel reckoned."""


@dataclass(frozen=True)
class Ports:
    """Where one Tryton listens."""

    web: int
    database: int

    @classmethod
    def free(cls, tell: Callable[[str], None]) -> Ports:
        """Choose two that are free."""
        chosen = choose({"web": 0, "database": 0}, tell)
        return cls(chosen["web"], chosen["database"])


@dataclass(frozen=True)
class Installation:
    """One Tryton. Its name is its database's and its processes'."""

    name: str
    modules: tuple[str, ...]
    set_up: SetUp
    """Writes into blank books over JSON-RPC what they hold at first; answers what an adapter needs, such as its key."""
    sources: Sequence[ModuleType | Path]
    """All that decides what is written: the modules that do it and the files they read."""

    def prepare(self, tell: Callable[[str], None]) -> Path:
        """Have its books ready in the cache; the second time they are found there.

        Raises:
            ops.stack.troubles.StackError: a part could not be installed or started; says why.
        """
        tell(f"{self.name}: installing Tryton, the first time half a minute")
        programs = software()
        recipe = REQUIREMENTS.read_text(encoding="utf-8") + sys.version + _BLANK + " ".join(sorted(self.modules))
        tell(f"{self.name}: making its database, the first time two minutes")
        blank = made_once(f"tryton-{self.name}-blank", recipe, lambda folder: self._make_blank(programs, folder))
        told = "".join(_read(source) for source in self.sources)
        tell(f"{self.name}: writing goods and customers into its books, the first time half a minute")
        return made_once(f"tryton-{self.name}", recipe + _SETTINGS + told, lambda folder: self._fill(blank, folder))

    def install(self, folder: Path, tell: Callable[[str], None]) -> dict[str, JsonValue]:
        """Put fresh books into a folder, unless it has some; answers what is to be known of them."""
        prepared = self.prepare(tell)
        if not (folder / _FACTS).exists():
            folder.mkdir(parents=True, exist_ok=True)
            copy_cluster(prepared / _DATA, folder / _DATA)
            # It holds a key: its mode is copied too.
            shutil.copy(prepared / _FACTS, folder / _FACTS)
        return self.facts(folder)

    def facts(self, folder: Path) -> dict[str, JsonValue]:
        """What an adapter has to be told of the books in a folder."""
        return _FACTS_SHAPE.validate_json((folder / _FACTS).read_bytes())

    def programs(self, folder: Path, ports: Ports, *, workers: int = 2, later: bool = False) -> list[Program]:
        """Say what is to be run on the books in a folder.

        Args:
            folder: where `install` put them.
            ports: where to listen.
            workers: processes that answer requests; with two or more they meet each other's locks.
            later: whether confirmed orders are processed in the background, by a process of its own.
        """
        programs, configuration = software(), self._configure(folder, ports, later=later)
        environment = {"TRYTOND_CONFIG": str(configuration), "TRYTOND_DATABASE_NAMES": self.name}
        database, server = f"{self.name}-database", f"{self.name}-server"
        serve = ("trytond.application:app", "-b", f"{HOST}:{ports.web}", "-w", str(workers), "--threads", "4")
        found = [
            postgres(programs, database, folder / _DATA, ports.database),
            Program(
                name=server,
                command=(programs.command("gunicorn"), *serve, "--timeout", "300", "--keep-alive", "15"),
                health=f"http://{HOST}:{ports.web}/{self.name}/rest/model/res.user",
                environment=environment,
                folder=folder,
                after=(database,),
            ),
        ]
        if later:
            worker = (programs.command("trytond-worker"), "-c", str(configuration), "-d", self.name, "-n", "1")
            health = found[1].health
            found.append(Program(f"{self.name}-worker", worker, health, environment, folder, after=(server,)))
        return found

    def url(self, ports: Ports) -> str:
        """Where its REST interface is."""
        return f"http://{HOST}:{ports.web}/{self.name}/rest"

    def administrator(self, server: str) -> Rpc:
        """Log in as an administrator where it listens, to look at its books past every adapter."""
        return Rpc(f"{server}/{self.name}", ADMINISTRATOR, PASSWORD)

    def _configure(self, folder: Path, ports: Ports, *, later: bool) -> Path:
        (folder / "files").mkdir(exist_ok=True)
        configuration = folder / _CONFIGURATION
        configuration.write_text(
            _SETTINGS.format(host=HOST, port=ports.web, database_port=ports.database, folder=folder, queue=later),
            encoding="utf-8",
        )
        return configuration

    def _make_blank(self, programs: Software, folder: Path) -> None:
        """Make a database that has its modules and nothing else."""
        make_cluster(programs, folder / _DATA)
        ports = Ports.free(lambda _: None)
        configuration = self._configure(folder, ports, later=False)
        with running([postgres(programs, "database", folder / _DATA, ports.database)], folder / "logs"):
            at = ("-h", HOST, "-p", str(ports.database), "-U", "postgres")
            run([programs.postgres("createdb"), *at, self.name])
            password = folder / "password"
            password.write_text(PASSWORD, encoding="utf-8")
            made = ("-c", str(configuration), "-d", self.name, "--email", "admin@example.com", "-u", *self.modules)
            admin = [programs.command("trytond-admin"), *made, "--activate-dependencies"]
            run(admin, environment={"TRYTONPASSFILE": str(password)})

    def _fill(self, blank: Path, folder: Path) -> None:
        copy_cluster(blank / _DATA, folder / _DATA)
        ports = Ports.free(lambda _: None)
        with (
            running(self.programs(folder, ports, workers=1), folder / "logs"),
            self.administrator(f"http://{HOST}:{ports.web}") as rpc,
        ):
            facts = self.set_up(rpc)
        kept = folder / _FACTS
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(facts), encoding="utf-8")


def _read(source: ModuleType | Path) -> str:
    return source.read_text(encoding="utf-8") if isinstance(source, Path) else inspect.getsource(source)
