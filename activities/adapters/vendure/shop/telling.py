"""A shop is told something: step by step, looking after each what is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.http import LostReply, Nonsense
from activities.adapters.vendure.shop import questions
from activities.adapters.vendure.shop.standing import Looked
from activities.adapters.vendure.shop.steps import Shop, Step, left_to_do
from models.errors import Refused, Transient, Unavailable, Uncertain
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.vendure.shop.speaking import Speaking
    from models.partners.channels import ChannelUpdate

_STEPS_MAX = 20
"""More than any update takes: two a payment of the order, and one or two of its own."""


async def tell(speaking: Speaking, update: ChannelUpdate) -> Done:
    """Have the shop know it, once.

    Raises:
        Refused: the shop does not take it; its own words.
        Uncertain: it says it did what cannot be seen there.
        Transient: asking again is safe.
        Unavailable: it is not there.
    """
    before: Step | None = None
    for _ in range(_STEPS_MAX):
        step = await _next(speaking, update)
        if isinstance(step, str):
            return Done(reference=step)
        if step == before:
            raise Uncertain(speaking.partner, "answered that it did what it was asked, and it cannot be seen there")
        before = await _taken(speaking, update, step)
    raise Uncertain(speaking.partner, f"was not told {update.type} in {_STEPS_MAX} steps")


async def _taken(speaking: Speaking, update: ChannelUpdate, step: Step) -> Step:
    """Take a step; where its answer is in doubt, see whether it was taken."""
    try:
        await speaking.do(step.mutation, **step.variables)
    except Refused:
        # Another parcel under the same label, told at the same moment, may have taken the step for this one.
        if await _next(speaking, update) == step:
            raise
    except (LostReply, Nonsense) as doubt:
        try:
            still = await _next(speaking, update)
        except Transient as error:
            raise Transient(doubt.partner, f"{doubt}; and it could not be looked up: {error}") from error
        except Unavailable as error:
            raise Unavailable(doubt.partner, f"{doubt}; then it {error}", retry_after_s=error.retry_after_s) from error
        if still == step:
            raise Transient(doubt.partner, f"{doubt}; it was not done") from doubt
    return step


async def _next(speaking: Speaking, update: ChannelUpdate) -> Step | str:
    looked = await speaking.read(Looked, questions.STANDING, code=update.external_id)
    if not looked.orders.items:
        raise Refused(speaking.partner, f"knows no order {update.external_id}", code="unknown_order")
    shop = Shop(speaking.partner, looked.precision, frozenset(speaking.options.token_methods))
    return left_to_do(shop, looked.orders.items[0], update)
