"""Installed software of others is listed with the room it takes, and removed when nobody wants it."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

from ops.partners.cache import lock_of, made_once
from tests.promises.command_line.conftest import Typed


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with two versions of one thing, and another."""
    monkeypatch.setenv("ORDERLOOM_PARTNER_CACHE", str(tmp_path))
    for at, (name, recipe) in enumerate((("shop-software", "1"), ("shop-software", "2"), ("erp", "1")), start=1):
        made = made_once(name, recipe, lambda folder: (folder / "file").write_bytes(b"x" * 1000) and None)
        os.utime(made / ".made", (at, at))
    (tmp_path / "erp-half").mkdir()
    return tmp_path


def listed(run: Typed) -> dict[str, bool]:
    kept = json.loads(run("partners", "list", "--json").out)["kept"]
    assert all(one["bytes"] == 1000 for one in kept)
    return {one["name"]: one["superseded"] for one in kept}


def test_what_another_recipe_has_superseded_is_removed_and_the_rest_stays(run: Typed, cache: Path) -> None:
    before = listed(run)
    (old,) = (name for name, superseded in before.items() if superseded)

    assert run("partners", "remove", "--superseded").out == f"removed: {old}\n"
    assert listed(run) == {name: False for name in before if name != old}
    assert old.startswith("shop-software-")
    assert not (cache / old).exists()


def test_what_is_named_is_removed_and_made_anew_when_it_is_wanted(run: Typed, cache: Path) -> None:
    (name,) = (name for name in listed(run) if name.startswith("erp-"))

    assert run("partners", "remove", name).code == 0
    assert made_once("erp", "1", lambda folder: (folder / "new").touch()) == cache / name
    assert (cache / name / "new").exists()


@pytest.mark.slow
def test_what_is_not_there_or_is_being_made_is_left_alone(run: Typed, cache: Path) -> None:
    before = listed(run)
    with lock_of(cache / next(iter(before))).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "is being made" in run("partners", "remove", next(iter(before))).refused(1)
    assert "there is no nothing" in run("partners", "remove", *before, "nothing").refused(1)
    assert "say which" in run("partners", "remove").refused(2)
    assert listed(run) == before


@pytest.mark.usefixtures("cache")
def test_a_person_sees_a_table(run: Typed) -> None:
    said = run("partners", "list").out

    assert "superseded" in said
    assert "1970-01-01 00:00" in said
