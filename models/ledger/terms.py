"""The money's rules for one order: who sells it, when it is invoiced and earned. Resolved from policy, and pinned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.money import Currency
from models.order.parties import Country


class InvoiceTime(StrEnum):
    """When the customer gets an invoice."""

    PER_SHIPMENT = "per_shipment"
    PER_ORDER = "per_order"
    """One for all of it, once nothing more will be shipped."""


class RevenueTime(StrEnum):
    """When revenue counts as earned."""

    SHIPMENT = "shipment"
    INVOICE = "invoice"


class FreightTime(StrEnum):
    """Which shipment bears what the customer pays for shipping and other charges."""

    FIRST_SHIPMENT = "first_shipment"
    BY_VALUE = "by_value"
    """Each bears its share, by the value of its goods."""


class BookRate(StrictModel):
    """What one unit of the order's currency is in the books' currency."""

    rate: Annotated[Decimal, Field(gt=0, max_digits=20)]
    day: date
    """The day of the table it stands in."""


class SellingEntity(StrictModel):
    """The company that sells an order and in whose books it stands."""

    name: Text
    currency: Currency
    """Of its books."""
    tax_country: Country | None = None
    """Where it is registered for the tax on this order."""
    tax_number: Text | None = None
    rate: BookRate | None = None
    """From the order's currency to its own; none where they are one, or the table lacks it."""


class MoneyTerms(StrictModel):
    """How the money of one order is handled."""

    entity: SellingEntity | None = None
    """None for a seller that names no companies."""
    invoice: InvoiceTime = InvoiceTime.PER_SHIPMENT
    revenue: RevenueTime = RevenueTime.SHIPMENT
    freight: FreightTime = FreightTime.FIRST_SHIPMENT
    write_off: Annotated[int, Field(ge=0)] = 0
    """In minor units: what is left owing up to this is written off by itself; more asks finance."""
    authorisation_days: Annotated[int, Field(ge=1, le=365)] | None = None
    """How long an authorisation lasts where the provider does not say."""
    reauthorise_before_release: bool = False
    """Whether an authorisation that has run out is renewed before more goods leave; otherwise before the capture."""
    authenticate_within_hours: Annotated[int, Field(ge=1, le=7 * 24)] = 24
    """How long a customer has to prove to the bank that it is him who pays."""
