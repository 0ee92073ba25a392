"""What is too small to be worth a refund is written off, up to the limit and not a cent beyond, and the books balance."""

from __future__ import annotations

import pytest
from temporalio.client import Client

from models.ledger.accounts import LedgerAccount
from models.ledger.checking import balances, broken
from models.messages import Verdict
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.partners.notices import NoticeKind
from models.policy.money import MoneyPolicy
from models.states.fulfilment import ShipmentState
from tests.promises.money.counting_house import MoneyWorld
from tests.promises.money.test_stories_of_money import DECLINED, answer
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.test_stories import short
from tests.promises.orders.world import moved, shipped, start

PAID_TOO_MUCH = 1190
"""What one mug costs that was paid and is not sent."""


async def all_but_one_mug(client: Client, world: MoneyWorld) -> None:
    """The channel took the customer's money for three mugs, of which two are sent."""
    world.ships = False
    handle = await start(client, an_order(terms=PaymentTerms.PREPAID, channel="amazon", mug=3))
    await world.until(lambda: bool(world.released))
    await world.tell(short(world.released[0], 1))
    await world.until_held("inventory")
    await answer(handle, "inventory-1", Verdict.REJECT)
    await world.tell(shipped(world.released[0], quantity=2))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
    assert await world.end(handle) == Headline.COMPLETED


@pytest.mark.parametrize(("limit", "kept"), [(PAID_TOO_MUCH, True), (PAID_TOO_MUCH - 1, False)])
async def test_what_was_paid_too_much_is_kept_up_to_the_limit_and_given_back_beyond_it(
    client: Client, world: MoneyWorld, limit: int, *, kept: bool
) -> None:
    world.rules = MoneyPolicy(write_off={"EUR": limit})

    await all_but_one_mug(client, world)

    due = [notice.refund_due for notice in world.notices if notice.kind is NoticeKind.REFUND_DUE]
    assert due == ([] if kept else [euro(PAID_TOO_MUCH)])
    assert any("a rounding within the limit" in text for text in world.story) == kept
    left = balances(world.postings)
    assert left.get(LedgerAccount.WRITE_OFFS, 0) == (-PAID_TOO_MUCH if kept else 0)
    assert LedgerAccount.RECEIVABLE not in left
    assert broken(world.postings) == []


@pytest.mark.parametrize("beyond", [0, 1])
async def test_what_is_owed_is_written_off_up_to_the_limit_and_finances_beyond_it(
    client: Client, world: MoneyWorld, beyond: int
) -> None:
    order = an_order(mug=2)
    world.rules = MoneyPolicy(write_off={"EUR": order.total.amount - beyond})
    world.faults["capture"] = [DECLINED]
    handle = await start(client, order)
    await world.until_held("payment")
    await answer(handle, "payment-1", Verdict.REJECT)
    if beyond:
        await world.until(lambda: any("is still owed" in hold.reason for hold in world.last.holds))
        await answer(handle, "payment-2", Verdict.REJECT)

    assert await world.end(handle) == Headline.COMPLETED
    why = "finance gave it up" if beyond else "within the limit"
    assert any(f"{order.total} written off: {why}" in text for text in world.story)
    assert balances(world.postings)[LedgerAccount.WRITE_OFFS] == order.total.amount
