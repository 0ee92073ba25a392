"""The goods, shelves and customers the sandbox ERP and WMS know, from one YAML file a person edits."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import yaml
from pydantic import Field

from models.base import Count, Identifier, StrictModel
from models.catalogue import Item
from models.money import Currency
from models.stock.nodes import Node
from models.strict_json import read

if TYPE_CHECKING:
    from pathlib import Path


class Article(Item):
    """An article, and how many of it are on the shelves at first."""

    on_hand: Annotated[dict[Identifier, Count], Field(default_factory=dict)]
    """By node."""


class Account(StrictModel):
    """A customer who may buy on account; amounts in the ERP's own currency."""

    id: Identifier
    limit: Annotated[int, Field(ge=0)]
    """Minor units."""
    exposure: Annotated[int, Field(ge=0)] = 0
    """Minor units, beside what open orders have taken of the limit. It stands still, so that a demonstration can be
    given again: what is invoiced counts as paid at once."""
    blocked: bool = False
    net_days: Count = 30


class Goods(StrictModel):
    """All of it."""

    currency: Currency
    """The ERP's own currency."""
    rates: dict[Currency, Decimal]
    """What one unit of the ERP's own currency is in others."""
    nodes: Annotated[tuple[Node, ...], Field(min_length=1)]
    """In the file a plain name stands for a warehouse like any other."""
    customers: tuple[Account, ...]
    items: tuple[Article, ...]


def load_goods(path: Path) -> Goods:
    """Read the file.

    Raises:
        models.errors.InvalidInput: it does not hold goods; names the field.
    """
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    if isinstance(written, dict) and isinstance(written.get("nodes"), list):
        written["nodes"] = [{"name": node} if isinstance(node, str) else node for node in written["nodes"]]
    return read(Goods, json.dumps(written, default=str).encode())
