"""Stripe World's Python: found where it can make an environment, passed over where it cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.partners.stripe_world.interpreter import python313

Candidate = Callable[..., Path]


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has none but those a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.delenv("ORDERLOOM_PYTHON313", raising=False)
    monkeypatch.setattr("ops.partners.stripe_world.interpreter._RUNS_US", "/nowhere/python")
    python313.cache_clear()
    yield
    python313.cache_clear()


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    def put(place: str, *, version: tuple[int, int] = (3, 13), without: str = "") -> Path:
        """A Python of some version, which may lack a module."""
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        lacking = f"sys.modules[{without!r}] = None; " if without else ""
        as_if = f"import sys; sys.executable = {str(path)!r}; sys.version_info = {version}; {lacking}exec(sys.argv[1])"
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{as_if}" "$2"\n')
        path.chmod(0o755)
        return path

    return put


def test_where_there_is_none_there_is_none():
    assert python313() is None


def test_one_on_path_is_found(candidate: Candidate):
    assert python313() is None
    python313.cache_clear()
    assert candidate("bin/python3.13") == python313()


def test_the_one_that_runs_us_serves_too(candidate: Candidate, monkeypatch: pytest.MonkeyPatch):
    ours = candidate("ours/python")
    monkeypatch.setattr("ops.partners.stripe_world.interpreter._RUNS_US", str(ours))
    assert python313() == ours


def test_the_one_that_is_named_comes_first(candidate: Candidate, monkeypatch: pytest.MonkeyPatch):
    candidate("bin/python3.13")
    named = candidate("named/python")
    monkeypatch.setenv("ORDERLOOM_PYTHON313", str(named))
    assert python313() == named


@pytest.mark.parametrize("without", ["ensurepip", "venv"])
def test_one_that_can_make_no_environment_is_passed_over(candidate: Candidate, without: str):
    candidate("bin/python3.13", without=without)
    other = candidate("pyenv/versions/3.13.2/bin/python3.13")
    assert python313() == other


def test_another_version_is_passed_over(candidate: Candidate):
    candidate("bin/python3.13", version=(3, 12))
    assert python313() is None
