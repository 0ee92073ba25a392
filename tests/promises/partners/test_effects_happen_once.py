"""The contract of every effect, whatever the network does: done once, or not done and known not to be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.adapters.partners import Partners
from models.errors import PartnerError, Refused, Transient, Trouble, Unavailable, Uncertain
from tests.promises.partners.asks import EFFECTS, Effect, altered, new_order
from tests.promises.partners.sandbox import SandboxProcess

Services = dict[str, SandboxProcess]
pytestmark = pytest.mark.parametrize("effect", EFFECTS, ids=str)


def _answer_of(services: Services, effect: Effect, key: str) -> object:
    [only] = services[effect.service].effects(key)
    return only["receipt"]["answer"]


async def test_the_same_key_twice_is_one_effect_and_one_answer(partners: Partners, services: Services, effect: Effect):
    ask = await effect.ask(partners, new_order())
    first, second = await effect.send(partners, ask), await effect.send(partners, ask)
    assert first == second
    assert len(services[effect.service].effects(ask.key)) == 1
    assert services[effect.service].verdicts(ask.key) == ["done", "replayed"]


async def test_what_was_asked_arrives_unchanged(partners: Partners, services: Services, effect: Effect):
    ask = await effect.ask(partners, new_order())
    await effect.send(partners, ask)
    [committed] = services[effect.service].effects(ask.key)
    assert committed["ask"] == ask.model_dump(mode="json")
    assert committed["operation"] == effect.operation


async def test_a_reply_lost_after_the_effect_is_found_by_look_up(
    partners: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(fail_next=["drop_after"]):
        answer = await effect.send(partners, ask)
    assert answer.model_dump(mode="json") == _answer_of(services, effect, ask.key)
    assert services[effect.service].verdicts(ask.key) == ["done"], "it must not be sent again"


async def test_an_answer_that_comes_too_late_is_found_by_look_up(
    partners: Partners, hasty: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(fail_next=["slow"], slow_ms=800):
        answer = await in_haste(hasty, services, effect, ask)
    assert answer.model_dump(mode="json") == _answer_of(services, effect, ask.key)
    assert services[effect.service].verdicts(ask.key) == ["done"]


async def in_haste(hasty: Partners, services: Services, effect: Effect, ask: Any) -> Any:
    """Ask as a workflow does: where the look-up comes too late as well, once more."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await effect.send(hasty, ask)
            except Transient:
                while not services[effect.service].effects(ask.key):
                    await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", ["drop_before", "error_500", "html", "redirect"])
async def test_what_was_not_done_is_known_not_to_be_and_done_on_the_next_attempt(
    partners: Partners, services: Services, effect: Effect, fault: str
):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(fail_next=[fault]):
        with pytest.raises(Transient):
            await effect.send(partners, ask)
        assert not services[effect.service].effects(ask.key)
        await effect.send(partners, ask)
    assert len(services[effect.service].effects(ask.key)) == 1


@pytest.mark.parametrize("fault", ["garbage", "wrong_order", "wrong_amount"])
async def test_an_answer_that_makes_no_sense_is_not_believed_but_looked_up(
    partners: Partners, services: Services, effect: Effect, fault: str
):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(fail_next=[fault]):
        answer = await effect.send(partners, ask)
    assert answer.model_dump(mode="json") == _answer_of(services, effect, ask.key)


async def test_when_the_look_up_makes_no_sense_either_a_person_is_asked(
    partners: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    with (
        services[effect.service].dialled(fail_next=["garbage"], fail_next_lookup=["garbage"]),
        pytest.raises(Uncertain) as caught,
    ):
        await effect.send(partners, ask)
    assert caught.value.kind is Trouble.ASK
    await effect.send(partners, ask)
    assert len(services[effect.service].effects(ask.key)) == 1


async def test_when_the_look_up_fails_the_effect_is_asked_for_again_and_there_once(
    partners: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(fail_next=["drop_after"], fail_next_lookup=["drop_before"]):
        with pytest.raises(Transient):
            await effect.send(partners, ask)
        await effect.send(partners, ask)
    assert len(services[effect.service].effects(ask.key)) == 1


async def test_a_partner_that_ignores_keys_is_looked_up_before_it_is_asked_again(
    partners: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(idempotent=False, fail_next=["drop_after"], fail_next_lookup=["error_500"]):
        with pytest.raises(Transient):
            await effect.send(partners, ask)
        await effect.send(partners, ask)
    assert len(services[effect.service].effects(ask.key)) == 1


async def test_with_idempotency_switched_to_bad_two_sends_are_two_effects(
    partners: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    if effect.operation in {"refund", "capture"}:
        ask = ask.model_copy(update={"amount": ask.amount.model_copy(update={"amount": 1})})
    with services[effect.service].dialled(idempotent=False):
        await effect.send(partners, ask)
        await effect.send(partners, ask)
    assert len(services[effect.service].effects(ask.key)) == 2, "or the proof above proves nothing"


async def test_throttling_says_how_long_to_stay_away(partners: Partners, services: Services, effect: Effect):
    ask = await effect.ask(partners, new_order())
    with (
        services[effect.service].dialled(fail_next=["throttle_429"], retry_after_s=7),
        pytest.raises(Unavailable) as caught,
    ):
        await effect.send(partners, ask)
    assert caught.value.retry_after_s == 7
    assert not services[effect.service].effects(ask.key)


async def test_a_partner_that_is_down_is_waited_for(partners: Partners, services: Services, effect: Effect):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(down=True), pytest.raises(Unavailable):
        await effect.send(partners, ask)
    await effect.send(partners, ask)
    assert len(services[effect.service].effects(ask.key)) == 1


async def test_a_refusal_carries_the_partners_code_and_has_no_effect(
    partners: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    with services[effect.service].dialled(fail_next=["refuse"]), pytest.raises(Refused) as caught:
        await effect.send(partners, ask)
    assert caught.value.code == "refused_by_dial"
    assert not services[effect.service].effects(ask.key)


async def test_something_else_under_a_used_key_is_never_done_nor_taken_for_a_refusal(
    partners: Partners, services: Services, effect: Effect
):
    ask = await effect.ask(partners, new_order())
    await effect.send(partners, ask)
    with pytest.raises(PartnerError) as caught:
        await effect.send(partners, altered(ask))
    # A refusal would be asked again under a fresh key, which would do it twice.
    assert caught.value.kind is Trouble.ASK
    assert len(services[effect.service].effects(ask.key)) == 1
