"""An order's journal is shown whole: its entries, its returns', what stands where, and the same in the seller's books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from activities.records.orders import OrderPostings
from api.orders import examples
from api.orders.money_views import Postings
from models.ledger.accounts import LedgerAccount
from models.ledger.entries import billed, credited, paid
from models.ledger.journal import Journal
from models.ledger.postings import EntryKind
from models.ledger.terms import BookRate, SellingEntity
from models.money import Money
from tests.promises.api.fakes import NOW
from tests.promises.api.stage import Stage
from tests.promises.api.test_showing_orders import a_snapshot


def euro(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def journal() -> Journal:
    made = Journal("EUR", lambda: NOW, "Muster Inc")
    made.write(EntryKind.INVOICED, billed(euro(4000)), "INV-1")
    made.write(EntryKind.CAPTURED, paid(LedgerAccount.PROVIDER, euro(3999)), "CAP-1")
    return made


def back() -> Journal:
    made = Journal("EUR", lambda: NOW, "Muster Inc")
    made.write(EntryKind.CREDITED, credited(euro(100), [("VAT 19%", euro(19))], euro(0)), "CM-1")
    return made


async def test_the_journal_is_shown_with_its_returns_and_its_balances(stage: Stage) -> None:
    order_id = await stage.submit()
    stage.orders.posted[order_id] = OrderPostings(
        order=list(journal().all), returns={"return:b2b:PO-2026-0042:1": list(back().all)}
    )

    shown = (await stage.http.get(f"/v1/orders/{order_id}/postings")).json()

    assert [(entry["kind"], entry["return_id"]) for entry in shown["entries"]] == [
        ("invoiced", None),
        ("captured", None),
        ("credited", "return:b2b:PO-2026-0042:1"),
    ]
    for entry in shown["entries"]:
        assert sum(posting["amount"]["amount"] for posting in entry["postings"]) == 0
    left = {balance["account"]: balance["amount"]["amount"] for balance in shown["balances"]}
    assert left == {"receivable": 1 - 119, "unbilled": -4000, "provider": 3999, "tax": 19, "returns": 100}
    assert shown["rate"] is None


async def test_an_order_nobody_knows_has_no_journal(stage: Stage) -> None:
    assert (await stage.http.get("/v1/orders/order:b2b:none/postings")).status_code == 404


async def test_an_entry_balances_in_the_sellers_own_currency_too(stage: Stage) -> None:
    order_id = await stage.submit()
    rate = BookRate(rate=Decimal("1.0987"), day=date(2026, 11, 20))
    snapshot = a_snapshot(order_id)
    money = snapshot.money.model_copy(update={"entity": SellingEntity(name="Muster Inc", currency="USD", rate=rate)})
    stage.orders.snapshots[order_id] = snapshot.model_copy(update={"money": money})
    stage.orders.posted[order_id] = OrderPostings(order=list(back().all), returns={})

    shown = (await stage.http.get(f"/v1/orders/{order_id}/postings")).json()

    own = [posting["own"] for posting in shown["entries"][0]["postings"]]
    assert [(amount["amount"], amount["currency"]) for amount in own] == [(110, "USD"), (21, "USD"), (-131, "USD")]
    assert shown["rate"] == {"rate": "1.0987", "day": "2026-11-20", "currency": "USD"}


def test_the_example_is_what_the_api_shows() -> None:
    assert Postings.model_validate(examples.POSTINGS)
