"""What others hear of a return: each step once, in the customer's hands or the channel's, with what he has to know."""

from __future__ import annotations

from models.order.payment_terms import PaymentTerms
from models.partners.notices import Audience, Notice
from models.policy.returns import ReturnRules
from models.returns.request import Condition, Resolution, ReturnReason
from tests.promises.returns.world import (
    WORD,
    ReturnWorld,
    a_case,
    come_and_pass,
    euro,
    fine,
    inspection,
    receipt,
    sold,
    start,
)


def heard(world: ReturnWorld) -> dict[str, str | None]:
    """What was told, and why; the order of what goes on side by side is nobody's promise."""
    assert len({notice.key for notice in world.notices}) == len(world.notices)
    return {notice.kind.value: notice.reason for notice in world.notices}


async def test_the_customer_hears_of_each_step_and_of_the_amount(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    assert await world.end(handle) == "closed"

    assert heard(world) == {
        "return_authorised": "please send the goods back",
        "return_received": None,
        "refund_sent": str(euro(1190)),
    }
    assert {(notice.audience, notice.email) for notice in world.notices} == {(Audience.CUSTOMER, "ada@example.com")}
    assert {notice.order_id for notice in world.notices} == {world.case.sold.order_id if world.case else None}


async def test_a_channel_that_writes_itself_is_told_in_the_customers_place(world: ReturnWorld) -> None:
    world.held = world.captured
    handle = await start(world, a_case(sold(terms=PaymentTerms.PREPAID, channel="amazon")))
    await world.until_state("authorised")
    await come_and_pass(handle)
    assert await world.end(handle) == "closed"

    assert set(heard(world)) == {"return_authorised", "return_received", "refund_due", "refund_sent"}
    assert {(notice.audience, notice.email) for notice in world.notices} == {(Audience.CHANNEL, None)}
    assert [notice.refund_due for notice in world.notices if notice.kind == "refund_due"] == [euro(1190)]


async def test_who_has_no_address_hears_of_it_through_the_channel(world: ReturnWorld) -> None:
    nameless = sold().model_copy(update={"email": None})
    handle = await start(world, a_case(nameless))
    await world.until_state("authorised")
    await come_and_pass(handle)
    assert await world.end(handle) == "closed"

    assert {notice.audience for notice in world.notices} == {Audience.CHANNEL}


async def test_what_is_not_accepted_is_said_with_how_many_and_nothing_else_is_promised(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=2))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=2))
    bad = fine(2, grade=Condition.USED, accepted=False, reason="drunk from")
    await handle.execute_update("inspect", inspection(1, bad))
    await world.end(handle)

    told = heard(world)
    assert told["return_rejected"] == "nothing is given for 2"
    assert "refund_sent" not in told


async def test_what_need_not_come_back_is_said_so(world: ReturnWorld) -> None:
    world.rules = ReturnRules(keep_below={"EUR": 1500})
    handle = await start(world, a_case())
    assert await world.end(handle) == "closed"

    assert heard(world) == {
        "return_authorised": "the goods need not be sent back",
        "refund_sent": str(euro(1190)),
    }


async def test_the_number_of_the_order_that_replaces_it_is_named(world: ReturnWorld) -> None:
    case = a_case(resolution=Resolution.REPLACEMENT, reason=ReturnReason.DEFECTIVE)
    handle = await start(world, case)
    await world.until_state("authorised")
    await come_and_pass(handle)
    assert await world.end(handle) == "closed"

    told = heard(world)
    assert told["replacement_ordered"] == f"{case.sold.order_id}-R1"
    assert "refund_sent" not in told


async def test_each_part_that_comes_is_told_of(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=2))
    await world.until_state("authorised")
    await come_and_pass(handle, 1)
    await world.until_state("refunded")
    await handle.execute_update("receive", receipt(2, mug=1))
    await handle.execute_update("inspect", inspection(2, fine(1)))
    assert await world.end(handle) == "closed"

    assert set(heard(world)) == {"return_authorised", "return_received", "refund_sent"}
    assert sorted(_kind(notice) for notice in world.notices) == [
        "refund_sent",
        "refund_sent",
        "return_authorised",
        "return_received",
        "return_received",
    ]


async def test_what_finance_gives_nothing_for_is_not_told_as_given(world: ReturnWorld) -> None:
    world.rules = ReturnRules(refund_above={"EUR": 0})
    handle = await start(world, a_case())
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("reject", WORD)
    await world.end(handle)

    assert "refund_sent" not in heard(world)


def _kind(notice: Notice) -> str:
    return notice.kind.value
