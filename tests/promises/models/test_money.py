"""Money is whole minor units: nothing is rounded away, nothing of two currencies is mixed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.money import Money, exponent

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "BHD", "CLF", "ISK"])
AMOUNTS = st.integers(-(10**12), 10**12)


def eur(amount):
    return Money(amount=amount, currency="EUR")


@given(amount=AMOUNTS, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_the_parts_of_an_allocation_add_up_to_the_whole(amount, weights):
    parts = eur(amount).allocate(weights)
    assert len(parts) == len(weights)
    assert sum(part.amount for part in parts) == amount


@given(amount=AMOUNTS, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_no_part_is_further_from_its_share_than_one_minor_unit(amount, weights):
    whole = sum(weights)
    if not whole:
        return
    for part, weight in zip(eur(amount).allocate(weights), weights, strict=True):
        assert abs(part.amount * whole - amount * weight) < whole


@given(amount=AMOUNTS, weights=st.lists(st.integers(1, 1000), min_size=2, max_size=10))
def test_a_part_without_weight_gets_nothing_and_a_negative_amount_is_shared_like_a_positive_one(amount, weights):
    parts = eur(amount).allocate([0, *weights])
    assert parts[0].amount == 0
    assert [part.amount for part in eur(-amount).allocate([0, *weights])] == [-part.amount for part in parts]


def test_the_first_part_takes_all_where_nothing_has_weight():
    assert [part.amount for part in eur(5).allocate([0, 0])] == [5, 0]


@pytest.mark.parametrize("weights", [[], [-1], [1, -1]])
def test_there_is_no_share_of_nothing_or_less(weights):
    with pytest.raises(ValueError, match="weight"):
        eur(5).allocate(weights)


@given(amount=AMOUNTS, currency=CURRENCIES)
def test_major_units_lead_back_to_the_same_money(amount, currency):
    money = Money(amount=amount, currency=currency)
    assert Money.of_major(money.major, currency) == money
    assert Money.of_major(str(money).split(" ")[0], currency) == money
    assert Money.rounded(money.major, currency) == money


@pytest.mark.parametrize(
    ("currency", "places"), [("EUR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("ISK", 0), ("CHF", 2), ("HUF", 2)]
)
def test_each_currency_has_its_own_minor_unit(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("value", "currency"), [("19.999", "EUR"), ("5.5", "JPY"), ("1.0001", "BHD"), ("NaN", "EUR"), ("Infinity", "EUR")]
)
def test_an_amount_finer_than_the_currency_is_not_rounded_by_surprise(value, currency):
    with pytest.raises(ValueError, match=r"decimals|finite"):
        Money.of_major(value, currency)


@pytest.mark.parametrize(("value", "amount"), [("0.005", 1), ("0.0049", 0), ("-0.005", -1), ("18.5625", 1856)])
def test_rounding_is_half_up_away_from_nothing(value, amount):
    assert Money.rounded(Decimal(value), "EUR").amount == amount


@given(amounts=st.lists(AMOUNTS, max_size=10))
def test_a_sum_is_the_sum(amounts):
    assert Money.sum_of((eur(amount) for amount in amounts), "EUR").amount == sum(amounts)


def test_an_empty_sum_is_nothing_of_the_currency():
    assert Money.sum_of([], "JPY") == Money.zero("JPY")
    assert not Money.zero("JPY")


@pytest.mark.parametrize("operation", [Money.__add__, Money.__sub__, Money.__lt__, Money.__le__])
def test_two_currencies_are_never_mixed(operation):
    with pytest.raises(ValueError, match="cannot mix EUR and USD"):
        operation(eur(1), Money(amount=1, currency="USD"))


@given(left=AMOUNTS, right=AMOUNTS)
def test_money_is_ordered_by_its_amount(left, right):
    assert (eur(left) < eur(right)) == (left < right)
    assert (eur(left) <= eur(right)) == (left <= right)
    assert (eur(left) > eur(right)) == (left > right)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(1.0, "EUR"), ("1", "EUR"), (True, "EUR"), (10**15 + 1, "EUR"), (1, "eur"), (1, "XXXX"), (1, ""), (1, "ZZZ")],
)
def test_money_is_a_whole_number_of_a_known_currency(amount, currency):
    with pytest.raises(ValidationError):
        Money(amount=amount, currency=currency)


def test_money_reads_as_a_person_writes_it():
    assert str(eur(1999)) == "19.99 EUR"
    assert str(Money(amount=-5, currency="BHD")) == "-0.005 BHD"
    assert str(Money(amount=500, currency="JPY")) == "500 JPY"
