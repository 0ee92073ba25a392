"""How Tryton's words are written and read; no server is needed for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from activities.adapters.http import LostReply, Nonsense
from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.adapter import TrytonErp
from activities.adapters.tryton.erp.prices import price, split, tolerance
from activities.adapters.tryton.rest import LockConflict, Rest
from activities.adapters.tryton.wire import Read, decoded, encoded, fields_of
from models.errors import PartnerError, Refused, Trouble, Unavailable
from models.money import Money
from models.settings import PartnerSettings
from tests.contracts.between import LOST_REPLY, Between, answering, between

_LOCK = b"<title>503</title>could not obtain lock on row in relation &quot;account_invoice&quot;"
_RULE = b'{"status": 400, "message": "%s", "description": ""}'
_CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


class _Country(Read):
    code: str | None


class _Address(Read):
    city: str | None
    country: _Country | None


class _Party(Read):
    name: str
    addresses: list[_Address]
    owed: Decimal | None


@pytest.fixture
async def way() -> AsyncIterator[Between]:
    async with between("http://127.0.0.1:9/erp/rest") as found:
        yield found


@pytest.fixture
async def rest(way: Between) -> AsyncIterator[Rest]:
    found = Rest("erp", PartnerSettings(url=way.url, key=SecretStr("secret")), {"company": 1})
    yield found
    await found.close()


def test_what_is_asked_for_is_what_is_read() -> None:
    assert fields_of(_Party) == (
        "id",
        "name",
        "addresses.id",
        "addresses.city",
        "addresses.country.id",
        "addresses.country.code",
        "owed",
    )


@pytest.mark.slow
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.dates()
        | st.decimals(allow_nan=False, allow_infinity=False)
        | st.datetimes(timezones=st.just(UTC)),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(min_size=1).filter(lambda key: key != "__class__"), inner)
        ),
        max_leaves=10,
    )
)
def test_what_is_written_is_read_as_it_was(value: object) -> None:
    assert decoded(encoded(value).encode()) == value


def test_moments_and_amounts_are_tagged() -> None:
    moment = datetime(2026, 11, 21, 8, 30, 15, 250, tzinfo=UTC)
    assert '"microsecond":250' in encoded(moment)
    assert (
        encoded([Decimal("9.90"), date(2026, 1, 2)])
        == '[{"__class__":"Decimal","decimal":"9.90"},{"__class__":"date","year":2026,"month":1,"day":2}]'
    )


@given(amount=st.integers(0, 10**10), quantity=st.integers(1, 1_000_000), currency=_CURRENCIES)
def test_ten_decimals_make_every_line_exact(amount: int, quantity: int, currency: str) -> None:
    asked = Money(amount=amount, currency=currency)
    found = price(asked, quantity, 10)
    assert found.amount == asked
    assert tolerance([found], currency, 10) <= 1


@given(amount=st.integers(0, 10**8), quantity=st.integers(1, 1_000_000), currency=_CURRENCIES)
def test_four_decimals_miss_no_more_than_is_allowed_for(amount: int, quantity: int, currency: str) -> None:
    asked = Money(amount=amount, currency=currency)
    found = price(asked, quantity, 4)
    assert abs((asked - found.amount).amount) <= max(tolerance([found], currency, 4), 0) + 1
    if quantity < 10 and currency != "KWD":
        assert found.amount == asked


@given(amount=st.integers(0, 10**8), tax=st.integers(0, 10**6), net=st.integers(1, 10**6))
def test_net_and_tax_of_a_part_come_to_the_part(amount: int, tax: int, net: int) -> None:
    whole = Money(amount=amount, currency="EUR")
    first, second = split(whole, f"{tax}/{net + tax}")
    assert first + second == whole
    assert 0 <= second.amount <= amount


@pytest.mark.parametrize("taxed", [None, "", "1", "a/b", "1/0"])
def test_nothing_is_tax_where_nobody_noted_how_much(taxed: str | None) -> None:
    whole = Money(amount=100, currency="EUR")
    assert split(whole, taxed) == (whole, Money(amount=0, currency="EUR"))


def test_notes_are_read_from_among_what_people_write() -> None:
    text = notes.written({notes.LINE: "L1", notes.TAXED: "19/119"})
    assert notes.noted(f"Bitte: als Geschenk\n{text}\n\nno note") == {
        "Bitte": "als Geschenk",
        "line": "L1",
        "taxed": "19/119",
    }
    assert notes.noted(None) == {}


async def test_a_lock_that_passes_is_waited_for(rest: Rest, way: Between) -> None:
    way.faults.extend([answering(503, _LOCK), answering(503, _LOCK), answering(200, b"[]")])
    assert await rest.find("sale.sale", Read, []) == []
    assert len(way.exchanges) == 3


@pytest.mark.slow
async def test_a_lock_that_stays_is_tried_again_later(rest: Rest, way: Between) -> None:
    way.faults.extend([answering(503, _LOCK)] * 5)
    with pytest.raises(LockConflict) as caught:
        await rest.act("account.invoice", 1, "post")
    assert caught.value.kind is Trouble.RETRY


async def test_a_server_that_is_down_is_not_mistaken_for_a_lock(rest: Rest, way: Between) -> None:
    way.faults.append(answering(503, b"<h1>Back at ten</h1>", Retry_After="60"))
    with pytest.raises(Unavailable) as caught:
        await rest.find("sale.sale", Read, [])
    assert caught.value.retry_after_s == 60
    assert len(way.exchanges) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"The party 'Acme' will exceed their 100 credit limit by 5.", "credit_limit"),
        (b"You can not call 'confirm' on 'SO-1' of 'Sale'.", "wrong_state"),
        (b"You cannot modify line '1' because its invoice is posted.", "too_late"),
        (b"The code on product category must be unique.", "used_already"),
        (b"To continue, you must create a period for the date '2030-01-01'.", "period_closed"),
        (b"Something new.", "refused"),
    ],
)
async def test_what_tryton_says_when_it_refuses_has_a_code(rest: Rest, way: Between, said: bytes, code: str) -> None:
    way.faults.append(answering(400, _RULE % said))
    with pytest.raises(Refused, match=said.decode()[:20]) as caught:
        await rest.act("sale.sale", 1, "confirm", warned=True)
    assert caught.value.code == code


async def test_an_action_that_was_done_by_somebody_else_is_no_trouble(rest: Rest, way: Between) -> None:
    way.faults.append(answering(400, _RULE % b"You can not call 'confirm' on 'SO-1' of 'Sale'."))
    await rest.step("sale.sale", 1, "confirm")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (answering(200, b'{"id": 1}'), Nonsense),
        (answering(200, b'[{"id": "one"}]'), Nonsense),
        (answering(200, b'[{"__class__": "Decimal"}]'), Nonsense),
        (answering(500, b"<h1>Internal Server Error</h1>"), LostReply),
        (LOST_REPLY, LostReply),
    ],
    ids=["no list", "wrong type", "broken tag", "a wrong field", "cut"],
)
async def test_answers_that_make_no_sense_are_doubts(
    rest: Rest, way: Between, fault: object, error: type[PartnerError]
) -> None:
    way.faults.append(fault)  # type: ignore[arg-type]
    with pytest.raises(error):
        await rest.find("sale.sale", Read, [])


async def test_every_request_is_let_in_by_our_key_and_asks_for_english(rest: Rest, way: Between) -> None:
    way.faults.append(answering(200, b"[]"))
    await rest.find("sale.sale", Read, [["reference", "=", "注文"]], locations=[7])
    [exchange] = way.exchanges
    assert exchange.headers["authorization"] == "Bearer secret"
    assert exchange.headers["accept-language"] == "en"
    assert exchange.path.startswith("/erp/rest/model/sale.sale?f=id&d=")


def test_a_missing_option_is_named() -> None:
    with pytest.raises(ValueError, match="ORDERLOOM_ERP__OPTIONS: company is missing"):
        TrytonErp(PartnerSettings(url="http://127.0.0.1:9"))
