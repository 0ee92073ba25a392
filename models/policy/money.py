"""The money section of a policy set: companies, invoices, revenue, write-offs, and rates between currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from models.base import ChannelName, StrictModel, Text
from models.ledger.terms import BookRate, FreightTime, InvoiceTime, MoneyTerms, RevenueTime, SellingEntity
from models.money import Currency
from models.order.parties import Country
from models.order.payment_terms import PaymentTerms

if TYPE_CHECKING:
    from models.order.order import Order

_Amounts = dict[Currency, Annotated[int, Field(ge=0)]]
_Days = Annotated[int, Field(ge=1, le=365)]
_PLACES = Decimal("1e-10")


class BillingRule(StrictModel):
    """When orders of these channels and terms are invoiced and earned; what is left out fits every order."""

    channels: tuple[ChannelName, ...] = ()
    terms: tuple[PaymentTerms, ...] = ()
    invoice: InvoiceTime = InvoiceTime.PER_SHIPMENT
    revenue: RevenueTime = RevenueTime.SHIPMENT
    freight: FreightTime = FreightTime.FIRST_SHIPMENT

    def fits(self, order: Order) -> bool:
        """Whether the rule is for this order."""
        return (not self.channels or order.channel in self.channels) and (
            not self.terms or order.payment.terms in self.terms
        )


class EntityRule(StrictModel):
    """A company, and which orders it sells; what is left out fits every order."""

    name: Text
    currency: Currency
    tax_country: Country | None = None
    """None: where the goods go to."""
    tax_number: Text | None = None
    channels: tuple[ChannelName, ...] = ()
    ship_to: tuple[Country, ...] = ()

    def fits(self, order: Order) -> bool:
        """Whether the company sells this order."""
        return (not self.channels or order.channel in self.channels) and (
            not self.ship_to or _ship_to(order) in self.ship_to
        )


class RateTable(StrictModel):
    """What one unit of `base` is in other currencies, on a day."""

    day: date
    base: Currency
    rates: dict[Currency, Annotated[Decimal, Field(gt=0, max_digits=20)]]

    def between(self, before: str, after: str) -> Decimal | None:
        """What one unit of a currency is in another; none where the table lacks one of them."""
        known = {self.base: Decimal(1), **self.rates}
        if before not in known or after not in known:
            return None
        return (known[after] / known[before]).quantize(_PLACES)


class MoneyPolicy(StrictModel):
    """All rules about money; the first rule that fits counts."""

    billing: tuple[BillingRule, ...] = ()
    entities: tuple[EntityRule, ...] = ()
    rates: RateTable | None = None
    write_off: _Amounts = Field(default_factory=dict)
    """By currency, in minor units: a remainder up to this is written off; a currency left out writes nothing off."""
    authorisation_days: dict[PaymentTerms, _Days] = Field(default_factory=dict)
    """How long authorisations last where the provider does not say."""
    reauthorise_before_release: bool = False
    authenticate_within_hours: Annotated[int, Field(ge=1, le=7 * 24)] = 24
    """How long a customer has to prove to the bank that it is him who pays."""


def money_terms(policy: MoneyPolicy, order: Order) -> MoneyTerms:
    """Resolve the rules for one order."""
    billing = next((rule for rule in policy.billing if rule.fits(order)), BillingRule())
    return MoneyTerms(
        entity=_entity(policy, order),
        invoice=billing.invoice,
        revenue=billing.revenue,
        freight=billing.freight,
        write_off=policy.write_off.get(order.currency, 0),
        authorisation_days=policy.authorisation_days.get(order.payment.terms),
        reauthorise_before_release=policy.reauthorise_before_release,
        authenticate_within_hours=policy.authenticate_within_hours,
    )


def _entity(policy: MoneyPolicy, order: Order) -> SellingEntity | None:
    rule = next((rule for rule in policy.entities if rule.fits(order)), None)
    if rule is None:
        return None
    table = policy.rates
    rate = table.between(order.currency, rule.currency) if table and order.currency != rule.currency else None
    return SellingEntity(
        name=rule.name,
        currency=rule.currency,
        tax_country=rule.tax_country or _ship_to(order),
        tax_number=rule.tax_number,
        rate=BookRate(rate=rate, day=table.day) if table and rate is not None else None,
    )


def _ship_to(order: Order) -> str | None:
    return order.shipping_address.country if order.shipping_address else None
