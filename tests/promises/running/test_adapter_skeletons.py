"""`orderloom adapter new` writes what a port asks for, in our own style, and a contract test that says what is next."""

from __future__ import annotations

import inspect
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from ops.scaffold.kinds import KINDS, Place
from ops.scaffold.making import make
from ops.scaffold.protocols import described
from ops.stack.troubles import StackError
from tests.promises.running.roomy_source import ROOT, roomy_source

BIN = Path(sys.executable).parent


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own tools
        [str(BIN / command[0]), *command[1:]], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return roomy_source(tmp_path)


def test_every_kind_of_system_there_is_a_port_for_can_be_connected():
    partners = import_module("activities.ports.partners")
    kept_by_us = {"OrderBook", "ReturnBook", "ChannelFormat", "Notices"}

    ports = {
        name for name, each in inspect.getmembers(partners, inspect.isclass) if each.__module__ == partners.__name__
    }

    assert {kind.port.name for kind in KINDS.values()} == ports - kept_by_us | {"Channel"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_has_every_method_of_its_port_as_it_is_written_there(source, kind):
    port = KINDS[kind].port

    make(kind, "acme", source)

    text = (source / "activities/adapters/acme/adapter.py").read_text()
    named = inspect.getmembers(getattr(import_module(port.module), port.name), inspect.isfunction)
    methods = {name for name, _ in named if not name.startswith("_")}
    assert methods == {method.name for method in described(ROOT, port).methods}
    for method in described(ROOT, port).methods:
        assert method.text in text


@pytest.mark.parametrize("long", [4, 30])
def test_skeletons_are_in_our_own_style_however_long_a_name_is(source, long):
    made = [make(kind, f"{kind}_x".ljust(long, "x"), source) for kind in KINDS]
    files = [str(file) for skeleton in made for file in skeleton.files]

    assert run(source, "ruff", "format", "--diff", *files).stdout == ""
    told = run(source, "ruff", "check", "--output-format=concise", *files)
    assert told.returncode == 0, told.stdout


@pytest.mark.slow
def test_the_types_of_every_skeleton_are_right(source):
    folders = [f"activities/adapters/acme_{kind}" for kind in KINDS]
    for kind in KINDS:
        make(kind, f"acme_{kind}", source)

    told = run(source, "mypy", *folders)

    assert told.returncode == 0, told.stdout


@pytest.mark.slow
def test_contract_suites_run_at_once_and_say_what_to_write_next(source):
    trials = [str(make(kind, f"acme_{kind}", source).trial) for kind in KINDS]
    collected = run(source, "pytest", "--collect-only", "-q", *trials).stdout.splitlines()
    first = [next(test for test in collected if test.startswith(trial)) for trial in trials]

    told = run(source, "pytest", "-q", "-p", "no:cacheprovider", *first)

    assert told.returncode == pytest.ExitCode.TESTS_FAILED, told.stdout + told.stderr
    said = [line for line in told.stdout.splitlines() if "is not connected yet: write Acme" in line or "next: " in line]
    assert len(said) >= len(KINDS), told.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_one_is_told_which_table_it_has_to_be_named_in(source, kind):
    made = make(kind, "acme", source)

    tables = [(file, line.partition(":")[0]) for file, line in made.lines if "import" not in line]
    assert tables[0] == (KINDS[kind].registry.path, KINDS[kind].registry.name)
    for file, table in tables:
        assert f"\n{table}: dict[" in (source / file).read_text()


@pytest.mark.parametrize(
    "name", ["", "Acme", "acme-wms", "acme__x", "_acme", "acme_", "9acme", "../acme", "class", "a" * 31]
)
def test_what_cannot_be_a_name_is_refused(source, name):
    with pytest.raises(StackError, match="cannot be a name"):
        make("erp", name, source)

    assert not (source / "tests/contracts/test_acme_erp.py").exists()


def test_what_is_there_is_not_touched(source):
    before = {file: file.read_bytes() for file in (source / "activities/adapters/sandbox").iterdir() if file.is_file()}

    with pytest.raises(StackError, match="activities/adapters/sandbox is there already"):
        make("erp", "sandbox", source)

    assert {file: file.read_bytes() for file in before} == before


def test_a_test_that_is_there_is_not_overwritten(source):
    trial = source / make("payments", "acme", source).trial
    shutil.rmtree(source / "activities/adapters/acme")

    with pytest.raises(StackError, match=f"{trial.name} is there already"):
        make("payments", "acme", source)


def test_a_kind_that_does_not_exist_is_refused_by_naming_those_that_do(source):
    with pytest.raises(StackError, match="carriers, channel, erp, payments, warehouse"):
        make("lighthouse", "acme", source)


def test_outside_the_source_nothing_is_made(tmp_path):
    with pytest.raises(StackError, match="is not the source of Orderloom"):
        make("erp", "acme", tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_signature_over_several_lines_is_kept_as_it_is(tmp_path):
    source = '''
from collections.abc import Mapping

class Port:
    """What it is for."""

    name: str
    """What it is
    called."""

    async def do(
        self, first: Mapping[str, "Money"], *rest: int, more: bool = False
    ) -> tuple[Done, ...]:
        """Do it."""
'''
    (tmp_path / "port.py").write_text(source)

    port = described(tmp_path, Place("port", "Port"))

    (method,) = port.methods
    assert method.text == source.split('called."""\n\n')[1].rstrip()
    assert method.arguments == ("first", "rest", "more")
    assert port.imports == {"Mapping": "collections.abc"}
    assert [(each.name, each.meaning) for each in port.attributes] == [("name", "What it is called.")]
