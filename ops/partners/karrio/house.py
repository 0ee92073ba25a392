"""The carrier that Karrio is set up with, and where our nodes are: read from a file, for Karrio and for our adapter."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from models.base import Identifier, StrictModel, Text
from models.money import Currency, Money
from models.order.document import ServiceLevel
from models.order.parties import Address, Country

_FILE = Path(__file__).with_name("house.yaml")


class HouseService(StrictModel):
    """A service the carrier sells."""

    code: Identifier
    title: Text
    price: float
    """Major units."""
    days: int
    levels: tuple[ServiceLevel, ...]


class HouseCarrier(StrictModel):
    """The carrier."""

    id: Identifier
    title: Text
    country: Country
    currency: Currency
    max_weight: float
    """Kilograms."""
    services: tuple[HouseService, ...]


class House(StrictModel):
    """All of it."""

    carrier: HouseCarrier
    nodes: dict[Identifier, Address]


def recipe() -> str:
    """Everything that decides what the carrier is."""
    return _FILE.read_text(encoding="utf-8")


def load_house() -> House:
    """Read the file."""
    return House.model_validate(yaml.safe_load(recipe()), strict=False)


def carrier_options(house: House) -> dict[str, Any]:
    """Spell what our adapter is to be told: where nodes are, and which service is for which promise."""
    carrier = house.carrier
    rules = [
        {
            "carrier": carrier.id,
            "service": service.code,
            "levels": [level.value for level in service.levels],
            # As dear as it is now; once the carrier wants more, somebody has to agree to that.
            "at_most": Money.of_major(Decimal(str(service.price)), carrier.currency).model_dump(),
        }
        for service in carrier.services
    ]
    nodes = {name: address.model_dump(mode="json", exclude_none=True) for name, address in house.nodes.items()}
    return {"currency": carrier.currency, "services": rules, "nodes": nodes}
