"""An order's money from its first authorisation to its last posting, on a real Temporal server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle

from models.errors import Refused
from models.ledger.accounts import LedgerAccount
from models.ledger.checking import balances, broken
from models.ledger.terms import FreightTime, InvoiceTime, RevenueTime
from models.messages import HoldDecision, Verdict
from models.money import Money
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.snapshot import Headline
from models.partners.notices import NoticeKind
from models.policy.fulfilment import WhenUndeliverable
from models.policy.money import BillingRule, EntityRule, MoneyPolicy
from models.states.fulfilment import ShipmentState
from models.states.payment import PaymentState
from tests.promises.money.counting_house import MoneyWorld
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.test_stories import short
from tests.promises.orders.world import moved, shipped, start

DECLINED = Refused("payment", "the card was declined", code="card_declined")
Handle = WorkflowHandle[Any, Any]


async def answer(handle: Handle, hold: str, verdict: Verdict = Verdict.APPROVE) -> None:
    await handle.execute_update("decide", HoldDecision(hold=hold, verdict=verdict, reason="looked", actor="anna"))


def two_tenders(gift: int = 1500, **quantities: int) -> Any:
    order = an_order(**(quantities or {"mug": 3}))
    tenders = (
        Tender(kind=TenderKind.CARD, amount=order.total - euro(gift), token="tok_visa"),
        Tender(kind=TenderKind.GIFT_CARD, amount=euro(gift), token="tok_gift"),
    )
    payment = Payment(terms=PaymentTerms.CAPTURE_ON_SHIPMENT, tenders=tenders)
    return order.model_copy(update={"payment": payment})


async def send_in_two_parcels(world: MoneyWorld, at_first: int) -> None:
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    await world.tell(shipped(release, quantity=at_first, shipment="P1"))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await world.tell(shipped(release, quantity=release.lines[0].quantity - at_first, shipment="P2"))
    await world.until(lambda: world.last.headline is Headline.SHIPPED)
    # Both left under one label: its carrier says so once.
    await world.tell(moved(release, ShipmentState.DELIVERED))


async def test_a_gift_card_is_spent_before_the_card_and_partial_captures_add_up(
    client: Client, world: MoneyWorld
) -> None:
    order = two_tenders()
    world.ships = False

    handle = await start(client, order)
    await send_in_two_parcels(world, at_first=1)

    assert await world.end(handle) == Headline.COMPLETED
    assert [(one.token, one.amount.amount) for one in world.authorised] == [
        ("tok_gift", 1500),
        ("tok_visa", order.total.amount - 1500),
    ]
    assert len({one.key for one in world.authorised}) == 2
    taken = [(capture.authorisation.rsplit("/", 1)[1], capture.amount.amount) for capture in world.captures]
    assert taken[0] == ("1", 1500)
    assert sum(amount for _, amount in taken) == order.total.amount == world.money["invoiced"]
    assert len({capture.key for capture in world.captures}) == len(taken)
    assert broken(world.postings) == []
    left = balances(world.postings)
    assert left[LedgerAccount.GIFT_CARDS] == 1500
    assert left[LedgerAccount.PROVIDER] == order.total.amount - 1500
    assert LedgerAccount.RECEIVABLE not in left


async def test_a_cancelled_split_tender_is_let_go_last_first(client: Client, world: MoneyWorld) -> None:
    world.ships = False
    handle = await start(client, two_tenders())
    await world.until(lambda: bool(world.released))

    await handle.signal("cancel", {"reason": "changed her mind", "actor": "anna"})

    assert await world.end(handle) == Headline.CANCELLED
    assert [key.rsplit("/", 1)[1] for key in world.done("void")] == ["2", "1"]
    assert broken(world.postings, cancelled=True) == []
    assert world.last.money.state is PaymentState.VOIDED


async def test_an_authorisation_that_ran_out_is_renewed_before_the_capture(client: Client, world: MoneyWorld) -> None:
    world.expires_in = timedelta(0)
    order = an_order(mug=3)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert len(world.authorised) == 2
    assert world.captures[0].authorisation == f"AUTH {world.authorised[1].key}"
    assert broken(world.postings) == []
    assert world.last.money.authorised == world.last.money.captured == order.total


async def test_a_renewal_that_is_declined_holds_the_order_and_what_nobody_pays_is_written_off(
    client: Client, world: MoneyWorld
) -> None:
    world.expires_in = timedelta(0)

    async def decline_from_now_on(verb: str) -> None:
        if verb == "authorise":
            world.faults["authorise"] = [DECLINED]

    world.at_effect = decline_from_now_on
    handle = await start(client, an_order(mug=2))
    await world.until_held("payment")
    await answer(handle, "payment-1", Verdict.REJECT)
    await world.until(lambda: any("is still owed" in hold.reason for hold in world.last.holds))
    await answer(handle, "payment-2", Verdict.REJECT)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.captures == []
    left = balances(world.postings)
    assert left[LedgerAccount.WRITE_OFFS] == world.money["invoiced"]
    assert LedgerAccount.RECEIVABLE not in left
    assert broken(world.postings) == []


async def test_what_is_left_owing_within_the_limit_is_written_off_by_itself(client: Client, world: MoneyWorld) -> None:
    order = an_order(mug=2)
    # Just as much as the limit is within it.
    world.rules = MoneyPolicy(write_off={"EUR": order.total.amount})
    world.faults["capture"] = [DECLINED]

    handle = await start(client, order)
    await world.until_held("payment")
    await answer(handle, "payment-1", Verdict.REJECT)

    assert await world.end(handle) == Headline.COMPLETED
    assert balances(world.postings)[LedgerAccount.WRITE_OFFS] == world.money["invoiced"]
    assert any("within the limit" in text for text in world.story)
    assert len(world.done("void")) == 1


async def test_finance_takes_what_is_left_owing_once_more(client: Client, world: MoneyWorld) -> None:
    world.faults["capture"] = [DECLINED]
    order = an_order(mug=2)

    handle = await start(client, order)
    await world.until_held("payment")
    await answer(handle, "payment-1", Verdict.REJECT)
    await world.until(lambda: any("is still owed" in hold.reason for hold in world.last.holds))
    await answer(handle, "payment-2")

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.money.captured == order.total
    assert world.last.money.state is PaymentState.CAPTURED
    assert world.captures[0].key.endswith("/rest-1")


async def test_goods_are_not_released_before_an_authorisation_is_renewed(client: Client, world: MoneyWorld) -> None:
    world.rules = MoneyPolicy(reauthorise_before_release=True)
    world.expires_in = timedelta(0)

    async def decline_from_now_on(verb: str) -> None:
        if verb == "authorise":
            world.faults["authorise"] = [DECLINED]

    world.at_effect = decline_from_now_on
    handle = await start(client, an_order(mug=2))
    await world.until_held("payment")
    await answer(handle, "payment-1", Verdict.REJECT)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.released == []
    assert broken(world.postings, cancelled=True) == []


async def test_one_invoice_for_all_of_it_where_policy_says_so(client: Client, world: MoneyWorld) -> None:
    rule = BillingRule(invoice=InvoiceTime.PER_ORDER, revenue=RevenueTime.SHIPMENT, freight=FreightTime.BY_VALUE)
    world.rules = MoneyPolicy(billing=(rule,))
    order = an_order(mug=3)
    world.ships = False

    handle = await start(client, order)
    await send_in_two_parcels(world, at_first=1)

    assert await world.end(handle) == Headline.COMPLETED
    assert [(invoice.total, invoice.lines[0].quantity) for invoice in world.invoices] == [(order.total, 3)]
    assert [capture.amount.amount for capture in world.captures] == [1190 + 163, 2380 + 327]
    assert broken(world.postings) == []


async def test_an_invoice_says_what_each_line_consists_of_who_sells_it_and_when_it_is_due(
    client: Client, world: MoneyWorld
) -> None:
    seller = EntityRule(name="Muster GmbH", currency="EUR", tax_number="DE123", ship_to=("DE",))
    world.rules = MoneyPolicy(entities=(seller,))
    order = an_order(terms=PaymentTerms.ACCOUNT, channel="b2b", mug=3)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    invoice = world.invoices[0]
    line = invoice.lines[0]
    assert line.net is not None
    assert line.net + Money.sum_of((tax.amount for tax in line.taxes), "EUR") == line.amount
    assert line.freight == invoice.other_charges == euro(490)
    assert invoice.entity is not None
    assert (invoice.entity.name, invoice.entity.tax_country) == ("Muster GmbH", "DE")
    assert invoice.due_at is not None
    assert invoice.net_days == 30
    assert {posting.entity for posting in world.postings} == {"Muster GmbH"}
    assert balances(world.postings)[LedgerAccount.RECEIVABLE] == order.total.amount
    assert world.last.money.owed == order.total


async def test_the_channel_gives_back_what_it_took_for_goods_that_are_not_sent(
    client: Client, world: MoneyWorld
) -> None:
    world.ships = False
    handle = await start(client, an_order(terms=PaymentTerms.PREPAID, channel="amazon", mug=3))
    await world.until(lambda: bool(world.released))
    await world.tell(short(world.released[0], 1))
    await world.until_held("inventory")
    await answer(handle, "inventory-1", Verdict.REJECT)
    await world.tell(shipped(world.released[0], quantity=2))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    due = [notice.refund_due for notice in world.notices if notice.kind is NoticeKind.REFUND_DUE]
    assert due == [euro(1190)]
    assert world.last.money.refunded == euro(1190)
    assert LedgerAccount.RECEIVABLE not in balances(world.postings)
    assert broken(world.postings) == []


async def test_the_carrier_owes_us_what_was_paid_at_the_door(client: Client, world: MoneyWorld) -> None:
    order = an_order(terms=PaymentTerms.CASH_ON_DELIVERY)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    left = balances(world.postings)
    assert left[LedgerAccount.CARRIER] == order.total.amount
    assert LedgerAccount.RECEIVABLE not in left


async def test_a_lost_parcel_is_credited_and_given_back_to_the_tender_it_was_paid_with(
    client: Client, world: MoneyWorld
) -> None:
    world.undeliverable = WhenUndeliverable.REFUND
    world.ships = False
    order = two_tenders(mug=2)

    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0]))
    await world.tell(moved(world.released[0], ShipmentState.LOST))

    assert await world.end(handle) == Headline.COMPLETED
    assert [memo.total for memo in world.memos] == [order.total]
    assert [memo.return_id for memo in world.memos] == [None]
    assert [(one.authorisation.rsplit("/", 1)[1], one.amount.amount) for one in world.refunds] == [
        ("2", order.total.amount - 1500),
        ("1", 1500),
    ]
    assert len({one.key for one in world.refunds}) == 2
    assert world.last.money.refunded == world.last.money.captured == order.total
    assert world.last.money.state is PaymentState.REFUNDED
    left = balances(world.postings)
    assert left.keys() == {LedgerAccount.REVENUE, LedgerAccount.FREIGHT, LedgerAccount.RETURNS}
    assert broken(world.postings) == []


async def test_a_refund_that_finance_gives_up_does_not_stand_in_the_books(client: Client, world: MoneyWorld) -> None:
    world.undeliverable = WhenUndeliverable.REFUND
    world.ships = False
    world.faults["refund"] = [Refused("payment", "the card is closed", code="card_closed")]
    order = an_order(mug=2)

    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0]))
    await world.tell(moved(world.released[0], ShipmentState.LOST))
    await world.until_held("refund")
    await answer(handle, "refund-1", Verdict.REJECT)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.refunds == []
    assert world.last.money.captured == order.total
    assert world.last.money.refunded == euro(0)
    assert [memo.total for memo in world.memos] == [order.total]
    assert any("given up: refund" in text for text in world.story)
    assert broken(world.postings) == []
