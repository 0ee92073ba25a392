"""What the shop sells, for how much, and how it is sent: one YAML file a person edits."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from models.base import StrictModel
from models.money import Currency
from models.order.parties import Country
from models.strict_json import read

FILE = Path(__file__).with_name("shop.yaml")
_Amount = Annotated[int, Field(ge=0)]


class Way(StrictModel):
    """A way of shipping."""

    code: str
    name: str
    price: _Amount
    from_worth: _Amount = 0
    """Offered for goods of this worth or more."""


class Coupon(StrictModel):
    """A code that takes a share off every price."""

    code: str
    per_cent: Annotated[int, Field(gt=0, lt=100)]


class Assortment(StrictModel):
    """All of it; amounts in minor units, tax included."""

    currency: Currency
    other_currency: Currency
    taxes: dict[Country, Decimal]
    """Per cent, by the country goods are sent to."""
    countries: dict[Country, str]
    """Names by code; the first one is the shop's own."""
    shipping: tuple[Way, ...]
    coupon: Coupon
    prices: dict[str, _Amount]
    """By SKU."""


def load_assortment() -> Assortment:
    """Read the file.

    Raises:
        models.errors.InvalidInput: it does not hold an assortment; names the field.
    """
    return read(Assortment, json.dumps(yaml.safe_load(FILE.read_text(encoding="utf-8"))).encode())


def per_cent_off(assortment: Assortment) -> str:
    """Name the coupon's reduction as customers read it."""
    return f"{assortment.coupon.per_cent} per cent off"
