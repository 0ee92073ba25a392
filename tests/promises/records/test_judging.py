"""An order is judged by what the ERP has told us and by the policy it was accepted under."""

from __future__ import annotations

import asyncio

import pytest

from models.catalogue import Component, Item
from models.errors import NotFound
from models.order.assessment import AssessmentRequest
from models.partners.erp import ItemAnswer
from models.policy.assess import assess
from models.states.hold import HoldKind

MUG = Item(sku="MUG", name="Mug", weight_grams=300)
LAMP = Item(sku="LAMP", name="Lamp", regulated="lithium battery", barred_countries=("CH",))
SET = Item(sku="SET", name="Gift set", components=(Component(sku="MUG", quantity=2), Component(sku="LAMP", quantity=1)))


async def test_master_data_decides_as_the_pure_function_does(book, policies, an_order):
    await book.learn(ItemAnswer(items=(MUG,)))
    order = an_order()
    assert await book.assess(AssessmentRequest(order=order)) == assess(order, policies.current, {"MUG": MUG})


async def test_an_article_nobody_told_us_of_is_unknown(book, an_order):
    assert (await book.assess(AssessmentRequest(order=an_order(sku="LAMP")))).unknown_skus == ("LAMP",)


async def test_a_bundle_is_judged_by_its_components_too(book, policies, an_order):
    await book.learn(ItemAnswer(items=(SET, MUG)))
    order = an_order(sku="SET")
    assert (await book.assess(AssessmentRequest(order=order))).unknown_skus == ("LAMP",)
    await book.learn(ItemAnswer(items=(LAMP,)))
    judged = await book.assess(AssessmentRequest(order=order))
    assert judged == assess(order, policies.current, {"SET": SET, "MUG": MUG, "LAMP": LAMP})
    assert {need.sku: need.quantity for need in judged.needs} == {"MUG": 4, "LAMP": 2}


async def test_the_last_word_of_the_erp_counts(book, an_order):
    await book.learn(ItemAnswer(items=(MUG, MUG.model_copy(update={"weight_grams": 310}))))
    assert (await book.assess(AssessmentRequest(order=an_order()))).weight_grams == 620
    gone = MUG.model_copy(update={"active": False})
    await book.learn(ItemAnswer(items=(gone,)))
    assert any(
        "no longer sold" in one.reason for one in (await book.assess(AssessmentRequest(order=an_order()))).objections
    )


async def test_many_may_learn_the_same_articles_at_once(book, an_order):
    await asyncio.gather(
        *(book.learn(ItemAnswer(items=(MUG, LAMP, SET) if turn % 2 else (SET, LAMP, MUG))) for turn in range(20))
    )
    assert (await book.assess(AssessmentRequest(order=an_order(sku="SET")))).unknown_skus == ()


async def test_an_answer_without_articles_changes_nothing(book, an_order):
    await book.learn(ItemAnswer(items=(MUG,)))
    await book.learn(ItemAnswer(items=()))
    assert (await book.assess(AssessmentRequest(order=an_order()))).unknown_skus == ()


async def test_an_order_started_past_the_api_becomes_one_of_ours(book, orders, an_order, a_snapshot):
    order = an_order()
    await book.assess(AssessmentRequest(order=order))
    await book.record(a_snapshot(order, 1))
    assert (await orders.find(order.id)).order == order
    assert (await orders.submit(order, b"{}")).started


async def test_judging_changes_nothing_of_an_order_we_have(book, orders, an_order):
    first = an_order(external_id="1")
    await orders.submit(first, b"{}")
    await book.assess(AssessmentRequest(order=an_order(external_id="1", note="another")))
    assert (await orders.find(first.id)).order == first


async def test_a_policy_that_is_not_there_is_said_to_be_missing(book, an_order):
    with pytest.raises(NotFound):
        await book.assess(AssessmentRequest(order=an_order(), policy_version="1999-01-01"))


async def test_a_service_in_a_bundle_is_not_asked_of_any_shelf(book, an_order):
    service = Item(sku="FITTING", name="Fitting", stocked=False)
    bundle = Item(
        sku="SET", name="Set", components=(Component(sku="MUG", quantity=2), Component(sku="FITTING", quantity=1))
    )
    await book.learn(ItemAnswer(items=(bundle, MUG, service)))

    judged = await book.assess(AssessmentRequest(order=an_order(sku="SET")))

    assert {need.sku: need.quantity for need in judged.needs} == {"MUG": 4}
    assert not judged.objections


async def test_an_article_that_stands_twice_in_a_bundle_is_needed_once_and_for_both(book, an_order):
    twice = Item(sku="SET", name="Set", components=(Component(sku="MUG", quantity=2), Component(sku="MUG", quantity=1)))
    await book.learn(ItemAnswer(items=(twice, MUG)))

    (need,) = (await book.assess(AssessmentRequest(order=an_order(sku="SET")))).needs

    assert (need.sku, need.quantity) == ("MUG", 6)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        (
            (Item(sku="BIG", name="Many", components=(Component(sku="MUG", quantity=1_000_000),)), MUG),
            "1000000 at most",
        ),
        (
            (Item(sku="BIG", name="Sets", components=(Component(sku="SET", quantity=1),)), SET, MUG, LAMP),
            "a bundle itself",
        ),
    ],
    ids=["too many", "a bundle of bundles"],
)
async def test_what_cannot_be_counted_is_held_and_not_tried_for_ever(book, an_order, items, why):
    await book.learn(ItemAnswer(items=items))

    judged = await book.assess(AssessmentRequest(order=an_order(sku="BIG")))

    assert [objection.kind for objection in judged.objections] == [HoldKind.DATA_QUALITY]
    assert why in judged.objections[0].reason
    assert judged.needs == ()
