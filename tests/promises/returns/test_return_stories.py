"""What may happen to a return, each time on a real server."""

from __future__ import annotations

import pytest

from models.errors import Conflict, Refused, Transient, Unavailable
from models.order.payment_terms import PaymentTerms
from models.policy.returns import (
    ConditionOutcome,
    ConditionRule,
    Disposition,
    EarlyRule,
    FeeRule,
    ReturnRules,
    TenderOrder,
    WindowRule,
)
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
    withdrawal,
)


async def test_a_return_is_authorised_received_inspected_refunded_and_closed(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    assert world.done("refund") == []

    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert world.states[-2:] == ["refunded", "closed"]
    assert world.refunded == 1190
    assert [memo.total.amount for memo in world.memos] == [1190]
    assert [event.type for event in world.told] == ["stock.returned", "stock.cleared"]


async def test_no_money_goes_before_the_goods_are_back_and_looked_at(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=1))
    await world.until_state("received")

    assert world.grants == {}
    assert world.done("refund") == []

    await handle.execute_update("inspect", inspection())
    assert await world.end(handle) == "closed"
    kinds = [verb for verb, _ in world.journal]
    assert kinds.count("refund") == 1


async def test_a_return_after_its_window_is_declined_and_its_claim_let_go(world: ReturnWorld) -> None:
    handle = await start(world, a_case(sold(arrived_days_ago=31)))

    assert await world.end(handle) == "declined"
    assert "31 days ago" in " ".join(world.story)
    assert world.claims == {"1": 0}
    assert [notice.kind for notice in world.notices] == ["return_declined"]


async def test_a_better_window_of_a_class_is_kept(world: ReturnWorld) -> None:
    world.rules = ReturnRules(windows=(WindowRule(days=100, customer_classes=("dealer",)),))
    handle = await start(world, a_case(sold(arrived_days_ago=60, customer_class="dealer")))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"


async def test_a_final_sale_comes_back_for_our_fault_only(world: ReturnWorld) -> None:
    world.rules = ReturnRules(final_sale=("MUG",))

    assert await world.end(await start(world, a_case(reason=ReturnReason.CHANGED_MIND))) == "declined"

    handle = await start(world, a_case(reason=ReturnReason.DEFECTIVE))
    await world.until_state("authorised")
    await come_and_pass(handle)
    assert await world.end(handle) == "closed"


async def test_a_person_may_let_a_used_article_come_back(world: ReturnWorld) -> None:
    world.rules = ReturnRules(conditions=(ConditionRule(outcome=ConditionOutcome.ASK, conditions=(Condition.USED,)),))
    handle = await start(world, a_case(condition=Condition.USED))
    await world.until_held("return")
    assert world.now.state == "manual_intervention"
    await handle.signal("approve", WORD)
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=1))
    await handle.execute_update("inspect", inspection(1, fine(grade=Condition.USED)))

    assert await world.end(handle) == "closed"
    assert [event.type for event in world.told] == ["stock.returned", "stock.set_aside"]


async def test_a_person_may_decline_what_policy_does_not_decide(world: ReturnWorld) -> None:
    world.rules = ReturnRules(ask_above={"EUR": 1000})
    handle = await start(world, a_case(mugs=1))
    await world.until_held("return")
    await handle.signal("reject", WORD)

    assert await world.end(handle) == "declined"
    assert world.claims == {"1": 0}


async def test_what_is_worth_little_the_customer_keeps_and_is_refunded_at_once(world: ReturnWorld) -> None:
    world.rules = ReturnRules(keep_below={"EUR": 1500})
    handle = await start(world, a_case(mugs=1))

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190
    assert world.told == []
    assert world.now.lines[0].dispositions == {Disposition.KEEP: 1}
    assert world.done("book") == []


async def test_a_label_is_sent_where_the_way_back_is_on_us(world: ReturnWorld) -> None:
    handle = await start(world, a_case(reason=ReturnReason.DAMAGED))
    await world.until(lambda: world.now.tracking_number is not None)
    await world.until(lambda: any(notice.parcels for notice in world.notices))

    assert world.done("book") == [f"{world.now.return_id}/label"]
    await handle.execute_update("receive", receipt(mug=1))
    await handle.execute_update("inspect", inspection(1, fine(grade=Condition.DAMAGED)))

    assert await world.end(handle) == "closed"
    assert [event.type for event in world.told] == ["stock.returned", "stock.scrapped"]
    # All of one mug, and its share of the shipping: 490 * 1190 / 9759.
    assert world.refunded == 1190 + 60


async def test_who_changes_his_mind_pays_the_label_and_a_fee(world: ReturnWorld) -> None:
    world.rules = ReturnRules(way_back_fee={"EUR": 399}, fees=(FeeRule(percent=20, conditions=(Condition.OPENED,)),))
    handle = await start(world, a_case(mugs=2))
    await world.until(lambda: world.now.tracking_number is not None)
    await handle.execute_update("receive", receipt(mug=2))
    graded = (fine(1), fine(1, grade=Condition.OPENED))
    await handle.execute_update("inspect", inspection(1, *graded))

    assert await world.end(handle) == "closed"
    assert world.refunded == 2380 - 238 - 399
    assert world.memos[0].fees.amount == 238 + 399


async def test_goods_that_come_in_parts_are_refunded_in_parts(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=3))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(1, mug=1))
    await handle.execute_update("inspect", inspection(1, fine(1)))
    await world.until_state("refunded")
    assert world.refunded == 1190

    await handle.execute_update("receive", receipt(2, mug=2))
    await handle.execute_update("inspect", inspection(2, fine(2)))

    assert await world.end(handle) == "closed"
    assert world.refunded == 3 * 1190
    assert len(world.memos) == 2


async def test_several_lines_and_all_of_the_order_back_bring_the_shipping_back_too(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=4, lamps=1))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=4, lamp=1))
    await handle.execute_update("inspect", inspection(1, fine(4), fine(1, "2")))

    assert await world.end(handle) == "closed"
    assert world.refunded == 4 * 1190 + 4999 + 490


async def test_what_the_inspector_rejects_is_not_paid_and_put_aside(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=2))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=2))
    bad = fine(1, grade=Condition.USED, accepted=False, reason="drunk from")
    await handle.execute_update("inspect", inspection(1, fine(1), bad))

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190
    assert [event.type for event in world.told] == ["stock.returned", "stock.cleared", "stock.set_aside"]
    assert "return_rejected" in {notice.kind for notice in world.notices}


async def test_an_inspector_may_send_goods_elsewhere_than_policy_and_says_why(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=1))
    chosen = fine(disposition=Disposition.RETURN_TO_VENDOR, reason="the whole batch is recalled")
    await handle.execute_update("inspect", inspection(1, chosen))

    assert await world.end(handle) == "closed"
    decisions = [decision for snapshot in world.returned for decision in snapshot.decisions]
    disposed = next(decision for decision in decisions if decision.kind == "disposition")
    assert disposed.outcome == "return_to_vendor"
    assert disposed.refused[0].option == "restock"


async def test_more_than_was_announced_counts_once_a_person_says_so(world: ReturnWorld) -> None:
    world.spare = 1
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=2))
    await world.until_held("return")
    await handle.signal("approve", WORD)
    await world.until(lambda: world.now.lines[0].authorised == 2)
    await handle.execute_update("inspect", inspection(1, fine(2)))

    assert await world.end(handle) == "closed"
    assert world.refunded == 2 * 1190
    assert world.claims == {"1": 2}


async def test_more_than_the_order_has_left_is_put_aside_whatever_a_person_says(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=2))
    await world.until_held("return")
    await handle.signal("approve", WORD)
    await handle.execute_update("inspect", inspection())

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190
    assert [event.type for event in world.told].count("stock.set_aside") == 1
    assert world.now.unannounced[0].admitted is False


async def test_a_wrong_article_is_put_aside_and_the_right_one_still_waited_for(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(vase=1))
    await world.until_held("return")
    assert world.now.lines[0].received == 0
    await handle.signal("reject", WORD)
    await world.until_held()
    await handle.execute_update("receive", receipt(2, mug=1))
    await handle.execute_update("inspect", inspection())

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190


async def test_a_customer_who_keeps_it_after_all_withdraws(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await handle.execute_update("withdraw", withdrawal())

    assert await world.end(handle) == "closed"
    assert world.claims == {"1": 0}
    assert world.refunded == 0


async def test_a_withdrawal_while_a_person_decides_ends_it(world: ReturnWorld) -> None:
    world.rules = ReturnRules(ask_above={"EUR": 0})
    handle = await start(world, a_case(mugs=1))
    await world.until_held("return")
    await handle.signal("withdraw", withdrawal())

    assert await world.end(handle) == "closed"
    assert world.claims == {"1": 0}


async def test_what_is_withdrawn_after_a_part_came_settles_the_part(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=3))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=1))
    await handle.execute_update("withdraw", withdrawal())
    await handle.execute_update("inspect", inspection())

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190
    assert world.claims == {"1": 1}
    assert world.now.lines[0].missing == 2


async def test_finance_approves_what_is_above_the_limit(world: ReturnWorld) -> None:
    world.rules = ReturnRules(refund_above={"EUR": 1000})
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    assert world.refunded == 0
    await handle.signal("approve", WORD)

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190


async def test_finance_may_give_less(world: ReturnWorld) -> None:
    world.rules = ReturnRules(refund_above={"EUR": 1000})
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("approve", {**WORD, "amount": {"amount": 700, "currency": "EUR"}})

    assert await world.end(handle) == "closed"
    assert world.refunded == 700
    assert world.ways.total == euro(700)


async def test_what_finance_refuses_is_free_again(world: ReturnWorld) -> None:
    world.rules = ReturnRules(refund_above={"EUR": 1000})
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("reject", WORD)

    assert await world.end(handle) == "closed"
    assert world.refunded == 0
    assert world.ways.total == euro(0)
    assert world.memos == []


async def test_a_trusted_customer_has_his_money_before_the_goods_are_back(world: ReturnWorld) -> None:
    world.rules = ReturnRules(early=(EarlyRule(up_to={"EUR": 5000}, customer_classes=("dealer",)),))
    handle = await start(world, a_case(sold(customer_class="dealer"), mugs=1))
    await world.until(lambda: world.refunded == 1190)
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190
    assert world.states[-1] == "closed"
    assert len(world.memos) == 1


async def test_goods_rejected_after_the_money_went_are_shown_to_finance(world: ReturnWorld) -> None:
    world.rules = ReturnRules(early=(EarlyRule(up_to={"EUR": 5000}),))
    handle = await start(world, a_case(mugs=1))
    await world.until(lambda: world.refunded == 1190)
    await handle.execute_update("receive", receipt(mug=1))
    await handle.execute_update("inspect", inspection(1, fine(accepted=False, reason="a stone in the box")))
    await world.until_held("refund")
    assert "1 of the goods are not accepted, and 11.90 EUR was given before" in world.now.holds[0].reason
    await handle.signal("approve", WORD)

    assert await world.end(handle) == "closed"
    assert [hold.state for hold in world.now.holds] == ["approved"]


async def test_goods_rejected_after_others_were_paid_for_in_their_turn_are_no_question_to_finance(
    world: ReturnWorld,
) -> None:
    handle = await start(world, a_case(mugs=2))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until(lambda: world.refunded == 1190)
    await handle.execute_update("receive", receipt(2, mug=1))
    await handle.execute_update("inspect", inspection(2, fine(accepted=False, reason="a stone in the box")))

    assert await world.end(handle) == "closed"
    assert world.now.holds == ()
    assert world.refunded == 1190


async def test_goods_rejected_after_finance_refused_to_pay_early_are_no_question_to_it_again(
    world: ReturnWorld,
) -> None:
    world.rules = ReturnRules(early=(EarlyRule(up_to={"EUR": 5000}),), refund_above={"EUR": 1000})
    handle = await start(world, a_case(mugs=1))
    await world.until_held("refund")
    await handle.signal("reject", WORD)
    await world.until(lambda: world.now.holds[0].state == "rejected")
    await handle.execute_update("receive", receipt(mug=1))
    await handle.execute_update("inspect", inspection(1, fine(accepted=False, reason="a stone in the box")))

    assert await world.end(handle) == "closed"
    assert [hold.state for hold in world.now.holds] == ["rejected"]
    assert world.refunded == 0


async def test_the_channel_is_told_to_give_back_what_it_holds(world: ReturnWorld) -> None:
    world.held = world.captured
    handle = await start(world, a_case(sold(terms=PaymentTerms.PREPAID, channel="amazon"), mugs=2))
    await world.until_state("authorised")
    await come_and_pass(handle, 2)

    assert await world.end(handle) == "closed"
    due = [notice for notice in world.notices if notice.kind == "refund_due"]
    assert [notice.refund_due for notice in due] == [euro(2380)]
    assert world.done("refund") == []
    assert len(world.memos) == 1


@pytest.mark.parametrize(
    ("order", "card", "channel"), [(TenderOrder.CARD_FIRST, 1500, 880), (TenderOrder.GIFT_CARD_FIRST, 380, 2000)]
)
async def test_a_split_payment_goes_back_in_the_order_of_the_rules(
    world: ReturnWorld, order: TenderOrder, card: int, channel: int
) -> None:
    world.rules = ReturnRules(tenders=order)
    world.captured, world.held = 3500, 2000
    handle = await start(world, a_case(mugs=2))
    await world.until_state("authorised")
    await come_and_pass(handle, 2)

    assert await world.end(handle) == "closed"
    assert world.refunded == card
    assert [notice.refund_due for notice in world.notices if notice.kind == "refund_due"] == [euro(channel)]


async def test_an_account_customer_gets_a_credit_memo_and_no_money(world: ReturnWorld) -> None:
    handle = await start(world, a_case(sold(terms=PaymentTerms.ACCOUNT, channel="b2b"), mugs=2))
    await world.until_state("authorised")
    await come_and_pass(handle, 2)

    assert await world.end(handle) == "closed"
    assert world.states[-2:] == ["credited", "closed"]
    assert world.memos[0].total == euro(2380)
    assert not world.memos[0].store_credit
    assert world.done("refund") == []


async def test_what_was_paid_at_the_door_is_paid_out_by_finance(world: ReturnWorld) -> None:
    handle = await start(world, a_case(sold(terms=PaymentTerms.CASH_ON_DELIVERY), mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("approve", WORD)

    assert await world.end(handle) == "closed"
    assert world.states[-2:] == ["refunded", "closed"]


async def test_store_credit_is_a_memo_and_a_word_to_the_customer(world: ReturnWorld) -> None:
    handle = await start(world, a_case(resolution=Resolution.STORE_CREDIT))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert world.memos[0].store_credit
    assert world.refunded == 0
    assert "store_credit_given" in {notice.kind for notice in world.notices}
    assert world.states[-2:] == ["credited", "closed"]


async def test_a_replacement_is_an_order_of_its_own_once_the_goods_are_back(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=2, reason=ReturnReason.DEFECTIVE, resolution=Resolution.REPLACEMENT))
    await world.until_state("authorised")
    assert world.handed_in == []
    await come_and_pass(handle, 2)

    assert await world.end(handle) == "closed"
    assert [(line.sku, line.quantity) for line in world.handed_in[0].lines] == [("MUG", 2)]
    assert world.now.replacements == (f"{world.now.order_id}-R1",)
    assert world.states[-2:] == ["replaced", "closed"]
    assert world.memos == []


async def test_an_exchange_sends_the_article_that_is_wanted_instead(world: ReturnWorld) -> None:
    handle = await start(world, a_case(resolution=Resolution.EXCHANGE, exchange_for="LAMP"))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert world.handed_in[0].lines[0].sku == "LAMP"
    assert world.states[-2:] == ["exchanged", "closed"]


async def test_goods_of_an_order_nobody_knows_end_as_the_credit_a_person_names(world: ReturnWorld) -> None:
    loose = sold().model_copy(update={"lines": (), "shipping": euro(0), "email": None})
    handle = await start(world, a_case(loose, known=False, resolution=Resolution.STORE_CREDIT))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("approve", WORD)
    await world.until(lambda: any("/amount say how much" in text for text in world.story))
    await handle.signal("approve", {**WORD, "amount": {"amount": 500, "currency": "EUR"}})

    assert await world.end(handle) == "closed"
    assert world.memos[0].total == euro(500)
    assert world.memos[0].sales_order is None
    assert world.done("refund") == []


async def test_less_is_left_than_the_rules_would_give_and_finance_is_asked(world: ReturnWorld) -> None:
    world.captured, world.before = 1000, 300
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("approve", WORD)

    assert await world.end(handle) == "closed"
    assert world.refunded == 700


# --- trouble ----------------------------------------------------------------------------------------------------------


async def test_a_refund_whose_reply_is_lost_is_made_once(world: ReturnWorld) -> None:
    world.lost["refund"] = [Transient("payment", "the line broke") for _ in range(4)]
    world.lost["credit_memo"] = [Transient("erp", "the line broke") for _ in range(4)]
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190
    assert world.done("refund") == [f"{world.now.return_id}/refund/1/card"]
    assert world.done("credit_memo") == [f"{world.now.return_id}/refund/1/memo"]


async def test_a_payment_provider_that_is_away_is_asked_again_by_itself(world: ReturnWorld) -> None:
    world.faults["refund"] = [Unavailable("payment", "down")]
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190
    assert {hold.state for hold in world.now.holds} == {"released"}


async def test_a_refund_the_provider_refuses_waits_for_finance(world: ReturnWorld) -> None:
    world.faults["refund"] = [Refused("payment", "the card is closed", code="card_closed")]
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("approve", WORD)

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190


async def test_a_refund_that_is_given_up_is_never_given_a_second_time(world: ReturnWorld) -> None:
    world.faults["refund"] = [Refused("payment", "the card is closed", code="card_closed")]
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("reject", WORD)

    assert await world.end(handle) == "closed"
    assert world.refunded == 0
    assert world.now.money[0].state == "given_up"
    assert world.ways.total == euro(1190)


async def test_our_own_books_refusing_something_is_shown_and_tried_again(world: ReturnWorld) -> None:
    world.own_refusals["apply"] = [Conflict("busy", "the ledger says no")]
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("other")
    assert world.refunded == 0
    await handle.signal("approve", WORD)

    assert await world.end(handle) == "closed"
    assert [event.type for event in world.told] == ["stock.returned", "stock.cleared"]


async def test_a_carrier_that_is_away_does_not_keep_goods_from_being_received(world: ReturnWorld) -> None:
    world.faults["book"] = [Refused("carrier", "no such street", code="address")]
    handle = await start(world, a_case(reason=ReturnReason.WRONG_ITEM))
    await world.until_held("address")
    await handle.execute_update("receive", receipt(mug=1))
    await handle.execute_update("inspect", inspection())
    await world.until(lambda: world.refunded > 0)
    await handle.signal("reject", WORD)

    assert await world.end(handle) == "closed"
