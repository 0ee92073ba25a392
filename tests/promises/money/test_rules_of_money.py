"""Policy says who sells an order, when it is invoiced, and what is written off; a file without such rules still loads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.ledger.terms import FreightTime, InvoiceTime, MoneyTerms, RevenueTime
from models.order.payment_terms import PaymentTerms
from models.policy.book import PolicyBook
from models.policy.money import BillingRule, EntityRule, MoneyPolicy, RateTable, money_terms
from tests.promises.orders.orders import an_order

POLICIES = PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies")
RATES = RateTable(day=date(2026, 11, 20), base="EUR", rates={"USD": Decimal("1.10"), "GBP": Decimal("0.85")})
RULES = MoneyPolicy(
    billing=(
        BillingRule(channels=("b2b",), terms=(PaymentTerms.ACCOUNT,), invoice=InvoiceTime.PER_ORDER),
        BillingRule(terms=(PaymentTerms.ACCOUNT,), revenue=RevenueTime.INVOICE, freight=FreightTime.BY_VALUE),
    ),
    entities=(
        EntityRule(name="Muster Inc", currency="USD", tax_country="US", channels=("amazon",)),
        EntityRule(name="Muster GmbH", currency="EUR", ship_to=("DE", "AT")),
    ),
    rates=RATES,
    write_off={"EUR": 5},
    authorisation_days={PaymentTerms.CAPTURE_ON_SHIPMENT: 7},
)


def test_the_first_billing_rule_that_fits_counts() -> None:
    on_account = money_terms(RULES, an_order(terms=PaymentTerms.ACCOUNT, channel="b2b"))
    elsewhere = money_terms(RULES, an_order(terms=PaymentTerms.ACCOUNT, channel="shopify"))
    by_card = money_terms(RULES, an_order())

    assert (on_account.invoice, on_account.revenue) == (InvoiceTime.PER_ORDER, RevenueTime.SHIPMENT)
    assert (elsewhere.invoice, elsewhere.revenue) == (InvoiceTime.PER_SHIPMENT, RevenueTime.INVOICE)
    assert elsewhere.freight is FreightTime.BY_VALUE
    assert (by_card.write_off, by_card.authorisation_days) == (5, 7)
    assert on_account.authorisation_days is None


def test_the_seller_is_found_by_channel_and_destination_and_keeps_books_of_its_own() -> None:
    abroad = money_terms(RULES, an_order(channel="amazon", terms=PaymentTerms.PREPAID)).entity
    at_home = money_terms(RULES, an_order()).entity

    assert abroad is not None
    assert abroad.rate is not None
    assert (abroad.name, abroad.tax_country, abroad.rate.rate) == ("Muster Inc", "US", Decimal("1.1000000000"))
    assert at_home is not None
    assert (at_home.name, at_home.tax_country, at_home.rate) == ("Muster GmbH", "DE", None)


@pytest.mark.parametrize(
    ("before", "after", "rate"),
    [("EUR", "USD", "1.10"), ("USD", "EUR", "0.9090909091"), ("GBP", "USD", "1.2941176471"), ("SEK", "EUR", None)],
)
def test_rates_go_through_the_base(before: str, after: str, rate: str | None) -> None:
    found = RATES.between(before, after)

    assert found == (None if rate is None else Decimal(rate))


def test_a_policy_without_rules_of_money_goes_on_as_it_was() -> None:
    assert money_terms(POLICIES.get("2026-11-01").money, an_order()) == MoneyTerms()
    assert POLICIES.current.money.write_off["EUR"] == 5
