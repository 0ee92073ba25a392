"""The guide "connect your own system" is true: its commands run, its files are there, its settings are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.settings import Settings
from ops.cli.main import app
from ops.scaffold import making
from ops.scaffold.kinds import KINDS
from tests.promises.running.roomy_source import ROOT, roomy_source

GUIDE = (ROOT / "ops/guides/connect-your-own-system.md").read_text(encoding="utf-8")
FENCED = re.findall(r"```(\w*)\n(.*?)```", GUIDE, re.DOTALL)
LINES = [line for language, block in FENCED if not language for line in block.splitlines()]
NAMED = set(re.findall(r"`((?:activities|api|models|ops|tests|workflows)/[\w./-]+)`", GUIDE))
SHORT = {"storefront/references.py", "storefront/once.py", "storefront/keyset.py"}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source after the guide's first command."""
    monkeypatch.setattr(making, "ROOT", roomy_source(tmp_path))
    command = next(line for line in LINES if line.startswith("orderloom adapter"))
    told = CliRunner().invoke(app, command.split()[1:])
    assert told.exit_code == 0, told.output
    return tmp_path


def test_its_first_command_makes_the_files_it_names(made):
    mine = {name for name in NAMED if "acme" in name and not name.endswith("orders.py")}

    assert mine
    assert {name for name in mine if not (made / name).is_file()} == set()


def test_every_other_file_and_folder_it_names_is_there():
    named = {name for name in NAMED if "acme" not in name} | {f"activities/adapters/{name}" for name in SHORT}

    assert all(name in GUIDE for name in SHORT)
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_its_second_command_runs_a_test_that_the_first_has_made(made):
    command = next(line for line in LINES if line.startswith("python -m pytest"))

    trial = made / command.split()[3]
    assert "PaymentsContract" in trial.read_text()


def test_it_knows_every_kind_of_system():
    assert {kind for kind in KINDS if f"`{kind}`" not in GUIDE} == set()


def test_its_settings_are_read(monkeypatch):
    for line in LINES:
        if line.startswith("ORDERLOOM_"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    shops = re.search(r"`ORDERLOOM_SHOPS=(\{.*?\})`", GUIDE)
    assert shops is not None
    monkeypatch.setenv("ORDERLOOM_SHOPS", shops[1])

    settings = Settings()

    assert (settings.payment.kind, settings.payment.options) == ("acme", {"merchant": "M-1"})
    assert settings.shops["garden"].kind == "acme"
    assert all(kind.setting in GUIDE for kind in KINDS.values())


@pytest.mark.parametrize("target", ["test-real", "test", "check"])
def test_the_targets_it_names_are_there(target):
    assert f"`make {target}`" in GUIDE
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
