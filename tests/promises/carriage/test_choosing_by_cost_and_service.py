"""The cheapest offer that keeps the promise is taken, and why the others were not can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.carriage.rates import Rate, ServiceRule, choose
from models.money import Money
from models.order.document import ServiceLevel

STANDARD, EXPEDITED = ServiceLevel.STANDARD, ServiceLevel.EXPEDITED


def eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def rate(service: str, amount: int, days: int | None = None, carrier: str = "dhl", currency: str = "EUR") -> Rate:
    cost = Money(amount=amount, currency=currency)
    return Rate(id=f"{carrier}-{service}-{amount}", carrier=carrier, service=service, cost=cost, days=days)


PARCEL, EXPRESS = rate("parcel", 590, 3), rate("express", 1290, 1)
RULES = (
    ServiceRule(service="parcel", levels=(STANDARD,)),
    ServiceRule(service="express", levels=(STANDARD, EXPEDITED), at_most=eur(2000), within_days=2),
)


def test_the_cheapest_that_is_for_this_promise_is_taken():
    assert choose([EXPRESS, PARCEL], RULES, STANDARD, "EUR").taken == PARCEL
    assert choose([PARCEL, EXPRESS], RULES, EXPEDITED, "EUR").taken == EXPRESS


def test_of_two_that_cost_the_same_the_quicker_is_taken():
    slow, quick, unknown = rate("parcel", 590, 5), rate("parcel", 590, 2, "gls"), rate("parcel", 590, None, "ups")
    assert choose([unknown, slow, quick], (), STANDARD, "EUR").taken == quick


def test_without_rules_any_service_may_be_bought():
    assert choose([PARCEL, EXPRESS], (), EXPEDITED, "EUR").taken == PARCEL


def test_each_offer_that_is_not_taken_has_its_reason():
    offers = [
        rate("drone", 100),
        rate("parcel", 90, carrier="far", currency="USD"),
        EXPRESS,
        rate("express", 2500, 1, "ups"),
        rate("express", 900, 4, "gls"),
        rate("express", 900, None, "dpd"),
        PARCEL,
    ]
    choice = choose(offers, RULES, EXPEDITED, "EUR")
    assert choice.taken == EXPRESS
    assert [one.reason for one in choice.refused] == [
        "is not a service we use",
        "is not in EUR",
        "costs more than 20.00 EUR",
        "takes longer than 2 days",
        "takes longer than 2 days",
        "is not for expedited orders",
    ]


def test_a_rule_for_one_carrier_is_not_for_another():
    rules = (ServiceRule(service="parcel", carrier="dhl", levels=(STANDARD,)),)
    cheaper = rate("parcel", 100, carrier="other")
    assert choose([cheaper, PARCEL], rules, STANDARD, "EUR").taken == PARCEL


def test_where_nothing_may_be_taken_it_says_so():
    choice = choose([PARCEL], RULES, EXPEDITED, "EUR")
    assert choice.taken is None
    assert "is not for expedited orders" in choice.told()
    assert choose([], RULES, STANDARD, "EUR").told() == "nobody offers to carry it"


def test_what_is_told_fits_a_line_however_many_offered():
    many = [rate(f"service-{number}", 600 + number) for number in range(50)]
    assert len(choose([PARCEL, *many], (), STANDARD, "EUR").told()) < 500


@given(
    st.lists(st.tuples(st.sampled_from(["parcel", "express", "drone"]), st.integers(0, 3000), st.integers(0, 9))),
    st.sampled_from(ServiceLevel),
)
def test_nothing_that_may_be_taken_is_cheaper(offers: list[tuple[str, int, int]], level: ServiceLevel):
    rates = [rate(service, amount, days) for service, amount, days in offers]
    choice = choose(rates, RULES, level, "EUR")
    assert len(choice.refused) == len(rates) - (choice.taken is not None)
    cheaper = {one.reason for one in choice.refused if choice.taken and one.rate.cost < choice.taken.cost}
    assert not cheaper & {"costs more", "is slower"}
