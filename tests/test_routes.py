"""The table of routes names only tests that exist, each route once, and enough of them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests" / "ROUTES.md"
ROW = re.compile(r"^\| (?P<number>[A-Z]+[0-9]+) \| (?P<route>[^|]+) \| `(?P<path>[^`:]+)::(?P<test>[^`]+)` \|$")
AT_LEAST = 60


def rows() -> list[str]:
    """The lines of the tables, their heads left out."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("|") and not line.startswith(("| No.", "|---"))]


def routes() -> list[re.Match[str]]:
    return [found for line in rows() if (found := ROW.match(line))]


@lru_cache
def functions_of(path: Path) -> frozenset[str]:
    """The test functions of a file, as pytest would collect them; nothing of it is run."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in found if function.name.startswith("test_"))


def test_every_line_of_the_table_is_a_route():
    assert [line for line in rows() if not ROW.match(line)] == []


def test_every_route_is_walked_by_a_test_that_exists():
    strange = [found[0] for found in routes() if found["test"] not in functions_of(ROOT / found["path"])]
    assert strange == []


def test_every_route_has_a_number_and_words_of_its_own():
    for name in ("number", "route"):
        assert [value for value, count in Counter(found[name] for found in routes()).items() if count > 1] == []


def test_there_are_as_many_routes_as_were_asked_for():
    assert len(routes()) >= AT_LEAST
