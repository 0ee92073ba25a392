"""The house is kept: layers, sizes, bare packages, justified and locked dependencies, nothing of anybody's machine."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from models.states.machine import Machine

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "activities", "workflows", "workers", "api", "ops")
SOURCE = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FILE_MAX, FUNCTION_MAX, FOLDER_MAX = 300, 50, 12
LONG_FOLDERS = {
    "activities",
    "activities/adapters/amazon",
    "activities/adapters/store",
    "activities/adapters/store/stock/events",
    "models/order",
    "models/partners",
    "models/policy",
    "models/returns",
    "models/stock",
    "ops/bench",
    "ops/stack",
    "workflows",
    "workflows/ordering",
}
"""Longer than a dozen files; no other may become so."""
_HOMES = ("home", "Users", "root")
_REGISTRIES = ("pypi", "python" + "hosted", "artifactory")
# Put together here, so that the pattern is not found in this very file.
_MACHINE = re.compile(rf"/(?:{'|'.join(_HOMES)})/\w+|site-packages/|\bhttps?://[\w.-]*(?:{'|'.join(_REGISTRIES)})\b")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def kept_files() -> list[Path]:
    """Every file of the project: what Git keeps, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever Git there is
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a Git repository")
    return [ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]


def test_imports_run_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_package_says_what_it_is_and_does_nothing() -> None:
    for path in SOURCE:
        if path.name == "__init__.py":
            tree = parsed(path)
            assert ast.get_docstring(tree), f"{named(path)} does not say what the folder is"
            assert len(tree.body) == 1, f"{named(path)} does something when it is imported"


def test_a_file_holds_one_idea() -> None:
    long = {
        named(path): lines
        for path in SOURCE
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_MAX
    }
    assert long == {}


def test_a_folder_can_be_looked_through() -> None:
    counts = Counter(
        named(path.parent) for path in SOURCE if path.name != "__init__.py" and "migrations" not in path.parts
    )
    long = {folder for folder, files in counts.items() if files > FOLDER_MAX}
    assert long - LONG_FOLDERS == set(), "group what belongs together"
    assert LONG_FOLDERS - long == set(), "these are short enough by now"


def test_a_function_can_be_seen_at_once() -> None:
    long = {
        f"{named(path)}: {node.name}": lines
        for path in SOURCE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_MAX
    }
    assert long == {}


def test_nothing_names_a_machine() -> None:
    found = {}
    for path in kept_files():
        if path.is_file() and path != Path(__file__) and (told := _MACHINE.search(path.read_text(errors="ignore"))):
            found[named(path)] = told[0]
    assert found == {}


def test_no_decision_reads_the_clock_or_rolls_dice() -> None:
    forbidden = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "uuid4", "random", "urandom"}
    for path in SOURCE:
        if path.is_relative_to(ROOT / "models"):
            called = {
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                for node in ast.walk(parsed(path))
                if isinstance(node, ast.Call)
            }
            assert called & forbidden == set(), named(path)


def test_every_state_machine_is_whole() -> None:
    machines = []
    for path in sorted((ROOT / "models" / "states").glob("[a-z]*.py")):
        # A table that lacks a state, or has one that cannot be reached, is refused as its module is imported.
        module = import_module(f"models.states.{path.stem}")
        machines += [value for value in vars(module).values() if isinstance(value, Machine)]
    assert len({machine.name for machine in machines}) == len(machines) > 0


def test_every_direct_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("\ndependencies = [\n")[1].split("\n]")[0]
    assert [line for line in block.splitlines() if not re.search(r'",? # \S+', line)] == []


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_locked_is_what_is_asked_for(file: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [Requirement(text) for text in project["project"]["dependencies"] + project["dependency-groups"]["build"]]
    if file == "requirements-dev.txt":
        asked += [Requirement(text) for text in project["dependency-groups"]["dev"]]
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", "\n".join(lines), re.MULTILINE))
    for requirement in asked:
        version = locked.get(re.sub(r"[-_.]+", "-", requirement.name).lower())
        assert version, f"{requirement.name} is not in {file}: make lock"
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} is locked at {version}"
    assert not any("://" in line or line.startswith("-") for line in lines)
    assert all(line.rstrip().endswith("\\") for line in lines if "==" in line and not line.startswith(" "))
