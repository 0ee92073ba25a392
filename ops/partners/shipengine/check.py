"""Prism between us and whatever answers as ShipEngine: it holds both sides against ShipEngine's published OpenAPI."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from ops.partners.cache import made_once, run
from ops.partners.program import Program
from ops.stack.ports import HOST

_HERE = Path(__file__).parent
_FILES = ("package.json", "package-lock.json")
_SPECIFICATION = "openapi-as-checked.yaml"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_VIOLATION = re.compile(r"Violation: (?P<said>(?:request|response)\..*)")
_CORRECTED = """
calculate_rates_request_body wants both `shipment` and `shipment_id`, and one of them only; and allows neither. What is
checked instead: exactly one of them.
create_shipments_request_body wants `shipment_id`, which only ShipEngine can give; Prism passes that over by itself.
"""
"""Where the published description contradicts itself, so that no request could follow it (1.4.0)."""


def installed() -> Path:
    """Install Prism and the description, once; answers their folder."""
    recipe = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _FILES) + _CORRECTED
    return made_once("shipengine-check", recipe, _make)


def checking(port: int, upstream: str) -> Program:
    """Describe the process: what it is asked goes on to `upstream`, whatever is wrong with it; it prints what is."""
    folder = installed()
    prism = ("node", str(folder / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"))
    return Program(
        name="prism",
        command=(
            *(*prism, "proxy", "--host", HOST, "--port", str(port)),
            *(str(folder / _SPECIFICATION), upstream),
        ),
        # In no description, so that asking is no violation; it goes on to `upstream`.
        health=f"http://{HOST}:{port}/",
    )


def violations(log: Path) -> list[str]:
    """List what Prism found wrong with requests and answers, in their order."""
    said = _COLOUR.sub("", log.read_text(encoding="utf-8", errors="replace"))
    return [found["said"].strip() for found in _VIOLATION.finditer(said)]


def _make(folder: Path) -> None:
    for name in _FILES:
        shutil.copyfile(_HERE / name, folder / name)
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
    published = folder / "node_modules" / "shipengine-openapi" / "openapi.yaml"
    document: dict[str, Any] = yaml.load(published.read_text(encoding="utf-8"), yaml.CSafeLoader)
    rates = document["components"]["schemas"]["calculate_rates_request_body"]
    for contradiction in ("required", "additionalProperties", "oneOf"):
        del rates[contradiction]
    rates["oneOf"] = [{"required": ["shipment_id"]}, {"required": ["shipment"]}]
    rates["allOf"] += [{"$ref": f"#/components/schemas/{name}_request"} for name in ("shipment", "shipment_id")]
    (folder / _SPECIFICATION).write_text(yaml.dump(document, Dumper=yaml.CSafeDumper), encoding="utf-8")
