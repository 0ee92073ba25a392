"""What must hold in every state of the model of a reservation's life, and across every deed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.stock.reservation import RESERVATION, ReservationState
from ops.proof.life.deeds import HOURS, LOTS
from ops.proof.life.model import FENCED, LIVE, ON_HAND, available

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from models.stock.life import Claim, ClaimLine
    from ops.proof.life.model import Levels, Model, State


def broken_in(model: Model, state: State) -> str | None:
    """The first law that a state breaks, in words; none: it breaks none."""
    claims = [claim for number in state.claims if (claim := model.claim(number)) is not None]
    lines = [line for claim in claims for line in claim.lines]
    came = (ON_HAND + state.received - state.lost, model.spare)
    laws = [law for lot in zip(LOTS, state.lots, came, strict=True) for law in _of_lot(claims, *lot)]
    shipped = sum(deed.ships for deed in model.deeds if deed.document & state.written)
    fences = sum(lot[-1] for lot in state.lots) + sum(line.fenced for line in lines)
    # Of a line with something out of the fence, what was not fenced leaves first.
    fenced_gone = sum(line.consumed > line.quantity - FENCED for line in lines if line.holder)
    laws += [
        ("I9: not what the documents say has left", sum(line.consumed for line in lines) == shipped),
        ("I10: a closed claim has something open", all(claim.state in LIVE or not claim.open for claim in claims)),
        ("I10: a live claim has nothing open", all(claim.open for claim in claims if claim.state in LIVE)),
        ("I10: more became of a line than was claimed", all(_adds_up(line) for line in lines)),
        ("I10: more is fenced than is open", all(0 <= line.fenced <= line.open for line in lines)),
        ("I10: a fence exceeds what it began with", fences <= FENCED),
        ("I10: a fence lacks what nobody bought or lost", fences >= FENCED - fenced_gone - state.lost),
    ]
    return next((law for law, holds in laws if not holds), None)


def _of_lot(claims: Iterable[Claim], lot: str, balance: Levels, came: int) -> Iterator[tuple[str, bool]]:
    """The laws of one balance: each in words, and whether it holds."""
    on_hand, soft, allocated, picked, _fence = balance
    lines = [(claim.state, line) for claim in claims for line in claim.lines if line.place.lot == lot]
    held = [line for state, line in lines if state is ReservationState.HELD]
    firm = [line for state, line in lines if state is ReservationState.COMMITTED]
    yield "I8: less than nothing is available", available(balance) >= 0
    yield "I9: a part is below nothing", min(balance) >= 0
    gone = sum(line.consumed for _, line in lines)
    yield "I9: on hand is not what came in less what has left", on_hand == came - gone
    yield "I10: soft-reserved is not what held claims have open", soft == sum(line.unpicked for line in held)
    yield "I10: allocated is not what committed claims have open", allocated == sum(line.unpicked for line in firm)
    yield "I10: picked is not what live claims have picked", picked == sum(line.picked for line in held + firm)


def _adds_up(line: ClaimLine) -> bool:
    return min(line.unpicked, line.picked, line.consumed, line.released) >= 0


def broken_by(model: Model, before: State, deed: int, after: State | None) -> str | None:
    """The first law that a deed breaks, in words; none: it breaks none."""
    wanted = model.deeds[deed]
    if after is before and not wanted.expires:
        return None
    was = model.claim(before.claims[wanted.claim])
    if after is None:
        refused = wanted.ships and was is not None and was.state in LIVE and all(line.open for line in was.lines)
        return "what is open could not be shipped" if refused else None
    if after is not before and model.after(after, deed) != after:
        return "a deed done twice is not the same as done once"
    now = model.claim(after.claims[wanted.claim])
    if was is None or now is None:
        return None
    return _undone(was, now) or (_mistimed(was, now, HOURS[before.clock]) if wanted.expires else None)


def _undone(was: Claim, now: Claim) -> str | None:
    if RESERVATION.is_final(was.state) and now != was:
        return "a closed claim changed"
    if was.expires_at is not None and (now.expires_at is None or now.expires_at < was.expires_at):
        return "a claim is held shorter"
    for line in {line.place.line_id for line in was.lines}:
        before, after = _became(was, line), _became(now, line)
        if any(less < more for less, more in zip(after[:2], before[:2], strict=True)):
            return "what was shipped or given back was taken back"
        if after[2] != before[2]:
            return "a line has become another quantity"
    return None


def _became(claim: Claim, line_id: str) -> tuple[int, int, int]:
    """Of one line, in whatever lots: what was shipped, what was given back, and what was claimed."""
    lines = [line for line in claim.lines if line.place.line_id == line_id]
    consumed, released = sum(line.consumed for line in lines), sum(line.released for line in lines)
    return consumed, released, sum(line.quantity for line in lines)


def _mistimed(was: Claim, now: Claim, clock: datetime) -> str | None:
    late = was.expires_at is not None and was.expires_at <= clock
    if late and now.state is ReservationState.HELD:
        return "a claim outlives its expiry"
    return None if late or now == was else "a claim was let go before its time"
