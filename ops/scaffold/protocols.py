"""Protocols read from their source: each method as it is written there, and where its types are imported from."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.scaffold.kinds import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Method:
    """A method of a protocol."""

    name: str
    text: str
    """Its signature and its docstring, as they are written."""
    arguments: tuple[str, ...]
    """Their names, without `self`."""


@dataclass(frozen=True)
class Attribute:
    """An attribute that a protocol asks for."""

    name: str
    meaning: str
    """Its docstring, on one line; empty where it has none."""
    left_open: bool
    """Whether it has no value."""


@dataclass(frozen=True)
class Described:
    """A protocol, or a contract that leaves something to its subclasses."""

    meaning: str
    """The first line of its docstring."""
    methods: tuple[Method, ...]
    attributes: tuple[Attribute, ...]
    imports: dict[str, str]
    """The module each name comes from that the methods' types are written with."""


def described(root: Path, place: Place) -> Described:
    """Read a class from the project at `root`.

    Raises:
        FileNotFoundError: the project has no such file.
        LookupError: the file has no such class.
    """
    source = (root / place.path).read_text(encoding="utf-8")
    tree = ast.parse(source)
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    wanted = classes[place.name]
    lines = source.splitlines()
    methods = [node for node in wanted.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    here = dict.fromkeys(classes, place.module)
    known = here | _imported(tree)
    used = {name for node in methods for name in _names(node)}
    return Described(
        meaning=_meaning(wanted),
        methods=tuple(_method(node, lines) for node in methods),
        attributes=tuple(_attributes(wanted)),
        imports={name: known[name] for name in sorted(used & known.keys())},
    )


def home(root: Path, place: Place) -> Place:
    """Find where a class is written that a module has, perhaps by importing it.

    Raises:
        FileNotFoundError: the project has no such file.
        LookupError: the module does not have it.
    """
    tree = ast.parse((root / place.path).read_text(encoding="utf-8"))
    if any(isinstance(node, ast.ClassDef) and node.name == place.name for node in tree.body):
        return place
    return home(root, Place(_imported(tree)[place.name], place.name))


def _meaning(node: ast.ClassDef) -> str:
    return (ast.get_docstring(node) or "").split("\n", 1)[0]


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> Method:
    given = [*node.args.args[1:], node.args.vararg, *node.args.kwonlyargs, node.args.kwarg]
    last = node.body[0].end_lineno or node.lineno
    return Method(
        name=node.name,
        text="\n".join(lines[node.lineno - 1 : last]),
        arguments=tuple(argument.arg for argument in given if argument is not None),
    )


def _attributes(node: ast.ClassDef) -> Iterator[Attribute]:
    for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = after.value if isinstance(after, ast.Expr) else None
            text = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
            meaning = " ".join(text.split())
            yield Attribute(statement.target.id, meaning, left_open=statement.value is None)


def _imported(tree: ast.Module) -> dict[str, str]:
    """Which module each name is imported from, those for types only included."""
    return {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The names that a signature's types are written with."""
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    annotations = [node.returns, *(argument.annotation for argument in every if argument is not None)]
    for annotation in annotations:
        if annotation is not None:
            yield from (inner.id for inner in ast.walk(annotation) if isinstance(inner, ast.Name))
