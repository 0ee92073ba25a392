"""Every state that a balance and the claims on it can reach is a right one; wrong rules are found out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.errors import Conflict
from models.stock import life
from models.stock.life import Shift, Step
from models.stock.quantities import StockState
from models.stock.reservation import ReservationState
from ops.proof.life.deeds import PAIR, SWAP, Verbs
from ops.proof.life.search import search_life

HELD, COMMITTED = ReservationState.HELD, ReservationState.COMMITTED


def commit_that_forgets_the_soft_part(claim):
    step = life.commit(claim)
    return replace(step, shifts=tuple(shift for shift in step.shifts if shift.state is not StockState.SOFT_RESERVED))


def commit_that_takes_picked_goods_for_unpicked(claim):
    if claim.state is not HELD:
        return Step(claim)
    shifts = [
        Shift(line.place, state, sign * line.open)
        for line in claim.lines
        for state, sign in ((StockState.SOFT_RESERVED, -1), (StockState.ALLOCATED, 1))
    ]
    return Step(life.commit(claim).claim, tuple(shifts))


def commit_that_comes_back_from_the_dead(claim):
    return replace(life.commit(claim), claim=replace(claim, state=ReservationState.COMMITTED))


def release_that_gives_back_twice(claim):
    step = life.release(claim)
    return replace(step, shifts=step.shifts * 2)


def release_that_does_not_write_it_down(claim):
    return Step(claim, life.release(claim).shifts)


def release_that_keeps_the_fence(claim):
    step = life.release(claim)
    return replace(step, shifts=tuple(one for one in step.shifts if one.state is not StockState.CHANNEL_RESERVED))


def part_release_that_leaves_the_claim_open(claim, wanted):
    step = life.release_part(claim, wanted)
    return replace(step, claim=replace(step.claim, state=claim.state))


def part_release_that_fills_the_fence_too_far(claim, wanted):
    step = life.release_part(claim, wanted)
    lines = (replace(now, fenced=was.fenced) for was, now in zip(claim.lines, step.claim.lines, strict=True))
    return replace(step, claim=replace(step.claim, lines=tuple(lines)))


def expiry_that_ignores_picked_goods(claim, now):
    step = life.expire(claim, now)
    return replace(step, shifts=tuple(shift for shift in step.shifts if shift.state is not StockState.PICKED))


def expiry_that_never_comes(claim, now):
    return Step(claim) if any(line.picked for line in claim.lines) else life.expire(claim, now)


def expiry_before_its_time(claim, now):
    return life.expire(claim, claim.expires_at) if claim.state is HELD else life.expire(claim, now)


def expiry_of_what_is_firm(claim, now):
    return life.expire(replace(claim, state=HELD), now) if claim.state is COMMITTED else life.expire(claim, now)


def extension_that_shortens(claim, _until):
    return Step(replace(claim, expires_at=None)) if claim.state is HELD else Step(claim)


def pick_of_more_than_is_there(claim, picked):
    if claim.state is not HELD:
        return life.pick(claim, picked)
    lines = tuple(replace(line, picked=line.picked + picked.get(line.place, 0)) for line in claim.lines)
    shifts = [
        Shift(place, state, sign * quantity)
        for place, quantity in picked.items()
        for state, sign in ((StockState.SOFT_RESERVED, -1), (StockState.PICKED, 1))
    ]
    return Step(replace(claim, lines=lines), tuple(shifts))


def shipment_that_stays_on_the_shelf(claim, shipped):
    step = life.consume(claim, shipped)
    return replace(step, shifts=tuple(shift for shift in step.shifts if shift.state is not StockState.ON_HAND))


def shipment_that_forgets_what_was_picked(claim, shipped):
    unpicked = replace(claim, lines=tuple(replace(line, picked=0) for line in claim.lines))
    return life.consume(unpicked, shipped)


def shipment_that_is_refused_while_held(claim, shipped):
    if claim.state is HELD:
        raise Conflict("not_committed", "it is not firm yet")
    return life.consume(claim, shipped)


def swap_that_leaves_the_old_lot_reserved(claim, place, lot, quantity):
    step = life.relocate(claim, place, lot, quantity)
    return replace(step, shifts=tuple(shift for shift in step.shifts if shift.place.lot == lot))


def swap_that_loses_what_was_shipped(claim, place, lot, quantity):
    step = life.relocate(claim, place, lot, quantity)
    lines = tuple(line for line in step.claim.lines if line.open)
    return replace(step, claim=replace(step.claim, lines=lines))


def grant_that_takes_nothing_from_the_fence(lines, expires_at):
    step = life.grant(lines, expires_at)
    return replace(step, shifts=tuple(one for one in step.shifts if one.state is not StockState.CHANNEL_RESERVED))


WRONG_RULES = [
    (Verbs(grant=grant_that_takes_nothing_from_the_fence), "I10: a fence exceeds"),
    (Verbs(commit=commit_that_forgets_the_soft_part), "I8: less than nothing is available"),
    (Verbs(commit=commit_that_takes_picked_goods_for_unpicked), "I9: a part is below nothing"),
    (Verbs(commit=commit_that_comes_back_from_the_dead), "a closed claim changed"),
    (Verbs(release=release_that_gives_back_twice), "I9: a part is below nothing"),
    (Verbs(release=release_that_does_not_write_it_down), "a deed done twice"),
    (Verbs(release=release_that_keeps_the_fence), "I10: a fence lacks"),
    (Verbs(release_part=part_release_that_leaves_the_claim_open), "I10: a live claim has nothing open"),
    (Verbs(release_part=part_release_that_fills_the_fence_too_far), "I10: a fence exceeds"),
    (Verbs(expire=expiry_that_ignores_picked_goods), "I10: picked"),
    (Verbs(expire=expiry_that_never_comes), "a claim outlives its expiry"),
    (Verbs(expire=expiry_before_its_time), "a claim was let go before its time"),
    (Verbs(expire=expiry_of_what_is_firm), "a claim was let go before its time"),
    (Verbs(extend=extension_that_shortens), "a claim is held shorter"),
    (Verbs(pick=pick_of_more_than_is_there), "I10: more became of a line"),
    (Verbs(consume=shipment_that_stays_on_the_shelf), "I9: on hand"),
    (Verbs(consume=shipment_that_forgets_what_was_picked), "I10: soft-reserved"),
    (Verbs(consume=shipment_that_is_refused_while_held), "what is open could not be shipped"),
    (Verbs(relocate=swap_that_leaves_the_old_lot_reserved), "I10: soft-reserved"),
    (Verbs(relocate=swap_that_loses_what_was_shipped), "what was shipped or given back was taken back"),
    (Verbs(knows_documents=False), "a deed done twice"),
]


@pytest.mark.slow
@pytest.mark.parametrize("scene", [PAIR, SWAP], ids=["pair", "swap"])
def test_every_state_is_right(scene):
    found = search_life(scene)

    assert found.broken is None, " / ".join((found.broken or "", *found.path))
    assert found.states > 50_000
    assert found.ended > 0


@pytest.mark.parametrize(("verbs", "law"), WRONG_RULES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_rule_is_found_out(verbs, law):
    found = search_life(SWAP if verbs.relocate is not life.relocate else PAIR, verbs)

    assert found.broken is not None
    assert found.broken.startswith(law), found
    assert found.path
