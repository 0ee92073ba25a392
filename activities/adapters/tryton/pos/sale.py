"""A sale at a till, as it is read from Tryton and handed to intake: Tryton's own fields, amounts as text."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from activities.adapters.tryton.reading_on import Written
from activities.adapters.tryton.wire import Read


class Article(Read):
    """What was sold."""

    code: str | None
    name: str | None
    type: str


class SaleLine(Read):
    """So many of it; fewer than none were brought back."""

    product: Article
    quantity: float
    unit_list_price: Decimal
    """Without tax."""
    unit_gross_price: Decimal
    """With tax."""


class Method(Read):
    """How a part was paid."""

    name: str


class Paid(Read):
    """A part of what was paid; change that was given is less than nothing."""

    amount: Decimal
    cash: bool
    method: Method


class Point(Read):
    """The till."""

    name: str
    tax_included: bool
    storage_location: int
    return_location: int | None


class Currency(Read):
    """The books' own."""

    code: str


class Sale(Written):
    """One sale."""

    number: str | None
    state: str
    date: date
    total: Decimal
    """With tax."""
    currency: Currency
    point: Point
    lines: list[SaleLine]
    payments: list[Paid]
    create_date: datetime


class SaleAtNode(Sale):
    """A sale, with what is known of its till."""

    node: str | None
    """The node of ours that it stands at."""
    recorded: bool
    """Whether its books are the ERP's own, so that the sale is in them already."""
