"""Published interface descriptions (Swagger 2.0) as a judge: of what we ask, and of what a stand-in answers.

It is stricter than the descriptions are: a property or parameter that is not described is a fault too, so that a
misspelt name cannot pass for an optional one that was left out.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from getpass import getuser
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

SPECIFICATIONS = Path(__file__).parents[3] / "shared" / "specs"
"""Beside the project where somebody has put them; what they hold is not copied into it."""

_METHODS = {"get", "put", "post", "delete", "patch"}
_INDEX = re.compile(r"\[\d+\]")
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@lru_cache
def published(name: str, prefix: str = "") -> Published | None:
    """Read a description; None where it is not there.

    Args:
        name: the file's name.
        prefix: what stands before its paths where it is served, when that is not its own base path.
    """
    file = SPECIFICATIONS / name
    if not file.is_file():
        return None
    document = json.loads(file.read_bytes()) if file.suffix == ".json" else _from_yaml(file)
    return Published(document, prefix)


def _from_yaml(file: Path) -> dict[str, Any]:
    """Read YAML, or what was read of the same file before: a large one takes seconds, and its JSON does not."""
    stamp = file.stat()
    folder = Path(gettempdir()) / f"orderloom-published-{getuser()}"
    kept = folder / f"{file.stem}-{stamp.st_size}-{stamp.st_mtime_ns}.json"
    if kept.is_file():
        return json.loads(kept.read_bytes())
    text = json.dumps(yaml.load(file.read_bytes(), yaml.CSafeLoader), default=str)
    folder.mkdir(mode=0o700, exist_ok=True)
    written = kept.with_suffix(f".{os.getpid()}")
    written.write_text(text)
    written.replace(kept)
    return json.loads(text)


@dataclass(frozen=True)
class _Operation:
    method: str
    path: re.Pattern[str]
    literal: int
    described: dict[str, Any]
    parameters: tuple[dict[str, Any], ...]


class Published:
    """One description."""

    def __init__(self, document: dict[str, Any], prefix: str = "") -> None:
        """Judge by this document."""
        self._document = document
        self._prefix = prefix

    def request(self, method: str, target: str, body: bytes) -> list[str]:
        """What is wrong with a request; `target` is its path with the query."""
        path, _, query = target.partition("?")
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} is not described"]
        found = operation.path.fullmatch(path)
        values = {name: unquote(value) for name, value in (found.groupdict() if found else {}).items()}
        described = [one for one in operation.parameters if one["in"] in {"path", "query"}]
        faults = [fault for one in described if one["in"] == "path" for fault in _fits(one, [values[_group(one)]])]
        faults += self._query(described, parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        faults += self._body(operation, body)
        return [f"{method} {path}: {fault}" for fault in faults]

    def answer(self, method: str, target: str, status: int, body: bytes) -> list[str]:
        """What is wrong with an answer to that request."""
        path = urlsplit(target).path
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} is not described"]
        responses = operation.described["responses"]
        # Adobe describes some errors and "anything else" as an error too, and says nothing of what success looks like.
        silent = status < 400 and "default" in responses
        described = responses.get(str(status)) or (None if silent else responses.get("default"))
        if described is None:
            return [] if silent else [f"{method} {path}: is never answered {status}"]
        if "schema" not in self._resolved(described):
            return []
        return [f"{method} {path}: {status}: {fault}" for fault in self._valid(described["schema"], json.loads(body))]

    def _operation(self, method: str, path: str) -> _Operation | None:
        fitting = [one for one in self._operations if one.method == method and one.path.fullmatch(path)]
        return max(fitting, key=lambda one: one.literal, default=None)

    @cached_property
    def _operations(self) -> list[_Operation]:
        found = []
        for path, described in self._document["paths"].items():
            shared = described.get("parameters", [])
            pattern = "".join(
                f"(?P<{_name(part[1:-1])}>[^/]+)" if part.startswith("{") else re.escape(part)
                for part in re.split(r"(\{[^}]+\})", self._prefix + path)
            )
            for method in _METHODS & described.keys():
                operation = described[method]
                parameters = tuple(self._resolved(one) for one in [*shared, *operation.get("parameters", [])])
                literal = len(re.sub(r"\{[^}]+\}", "", path))
                found.append(_Operation(method.upper(), re.compile(pattern), literal, operation, parameters))
        return found

    def _query(self, described: list[dict[str, Any]], given: list[tuple[str, str]]) -> list[str]:
        known = {one["name"]: one for one in described if one["in"] == "query"}
        faults = []
        named: dict[str, list[str]] = {}
        for name, value in given:
            # Indices are described by the first of each: [0] stands for any.
            named.setdefault(name if name in known else _INDEX.sub("[0]", name), []).append(value)
        for name, values in named.items():
            if name not in known:
                faults.append(f"has no parameter {name}")
            else:
                indexed = _INDEX.search(name) is not None
                faults += [
                    fault
                    for each in ([[one] for one in values] if indexed else [values])
                    for fault in _fits(known[name], each)
                ]
        faults += [
            f"lacks the parameter {name}" for name, one in known.items() if one.get("required") and name not in named
        ]
        return faults

    def _body(self, operation: _Operation, body: bytes) -> list[str]:
        described = next((one for one in operation.parameters if one["in"] == "body"), None)
        if described is None:
            return ["takes no body"] if body else []
        if not body:
            return ["lacks its body"] if described.get("required") else []
        return self._valid(described["schema"], json.loads(body))

    def _valid(self, schema: dict[str, Any], value: object) -> list[str]:
        registry: Registry[Any] = Registry().with_resource("urn:published", self._definitions)
        absolute = json.loads(json.dumps(_closed(schema)).replace('"#/', '"urn:published#/'))
        validator = Draft4Validator(absolute, registry=registry, format_checker=_FORMATS)
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]

    @cached_property
    def _definitions(self) -> Resource[Any]:
        definitions = {name: _closed(schema) for name, schema in self._document["definitions"].items()}
        return Resource(contents={"definitions": definitions}, specification=DRAFT4)

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part:
            whole: Any = self._document
            for step in part["$ref"].removeprefix("#/").split("/"):
                whole = whole[step]
            part = whole
        return part


def _closed(schema: Any) -> Any:
    """A schema whose objects have the properties that are described, and no others."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    # Examples are not schemas, and may look like them.
    closed = {
        name: value if name in {"example", "enum", "default"} else _closed(value) for name, value in schema.items()
    }
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    return closed


def _fits(parameter: dict[str, Any], values: list[str]) -> list[str]:
    """What is wrong with the values a parameter was given."""
    name, kind = parameter["name"], parameter.get("type", "string")
    if kind == "array":
        parts = (
            values
            if parameter.get("collectionFormat") == "multi"
            else [part for value in values for part in value.split(",")]
        )
        most = parameter.get("maxItems", len(parts))
        faults = [f"{name}: {len(parts)} are more than {most}"] if len(parts) > most else []
        return faults + [fault for part in parts for fault in _fits({"name": name, **parameter["items"]}, [part])]
    if len(values) != 1:
        return [f"{name} is given {len(values)} times"]
    wrong = _wrong(parameter, kind, values[0])
    return [f"{name}: {values[0]!r} is {wrong}"] if wrong else []


def _wrong(parameter: dict[str, Any], kind: str, value: str) -> str | None:
    if kind == "integer" and not re.fullmatch(r"-?\d+", value):
        return "no integer"
    if kind == "boolean" and value not in {"true", "false"}:
        return "no boolean"
    if "enum" in parameter and value not in parameter["enum"]:
        return f"none of {parameter['enum']}"
    if parameter.get("format") == "date-time" and not _FORMATS.conforms(value, "date-time"):
        return "no time"
    return None


def _name(parameter: str) -> str:
    return "p_" + re.sub(r"\W", "_", parameter)


def _group(parameter: dict[str, Any]) -> str:
    return _name(parameter["name"])
