"""What is written below a class's fields, read from its source once somebody wants to show it.

Pydantic would read it while each class is made, which was a fifth of the time every process takes to start; only the
published description of the API shows it (api/http/documentation.py).
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import zip_longest

_NOT_OURS = frozenset({"builtins", "pydantic", "typing"})


def below_fields(kind: type) -> dict[str, str]:
    """The text below each field of a class and of its bases; one that is declared anew has the text below that."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        found |= _texts(each.__module__).get(each.__qualname__, {})
    return {name: text for name, text in found.items() if text}


@cache
def _texts(module: str) -> dict[str, dict[str, str]]:
    """By class and field: the string that follows the field, or nothing."""
    if module.partition(".")[0] in _NOT_OURS:
        return {}
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError):
        return {}
    return {node.name: _below(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _below(node: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: _text(after)
        for field, after in zip_longest(node.body, node.body[1:])
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return inspect.cleandoc(node.value.value)
    return ""
