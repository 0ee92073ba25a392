"""Random deeds about goods: they come in, are sold, lost, found, counted, broken, mended, judged and picked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from models.stock.events import (
    AdjustedLine,
    CountedLine,
    GoodsAdjusted,
    GoodsCleared,
    GoodsCounted,
    GoodsPicked,
    GoodsReceived,
    GoodsSetAside,
    GoodsSold,
    LotJudged,
    StockLine,
)
from models.stock.lots import LotStatus
from models.stock.quantities import StockState
from ops.proof.worlds.log import insist
from ops.proof.worlds.reading import open_lines, shelves
from ops.proof.worlds.world import BEGINNING, NODES, Deed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from activities.adapters.store.stock.movements import Spot
    from models.stock.events import StockEvent, StockEventAnswer
    from ops.proof.worlds.reading import Shelf
    from ops.proof.worlds.world import World

_MOST = 4
_USUAL = (2, 1)
"""How often the first comes, and the second: several lots of one article at one node are what there is to see."""
_LOTS = {"A": 0, "B": 5, "C": 30, "D": None}
"""Lots, and in how many days after the world's beginning they expire."""
_NOT_HELD = 0.8
"""How often a lot is left in peace that no picker holds."""
_SOURCE = "wms"


class _Envelope(TypedDict):
    event_id: str
    occurred_at: datetime


def receive(world: World) -> Deed:
    """A delivery."""
    sku = world.chance.choices(world.skus, _USUAL)[0]
    node = world.chance.choices(NODES, _USUAL)[0]
    quantity = world.chance.randint(1, 2 * _MOST)
    lot, expires_on = "", None
    if sku == world.skus[0]:
        lot = world.chance.choice(tuple(_LOTS))
        days = _LOTS[lot]
        expires_on = None if days is None else BEGINNING.date() + timedelta(days=days)
        world.lots[sku, lot] = expires_on
    line = StockLine(sku=sku, quantity=quantity, lot=lot, expires_on=expires_on)
    event = GoodsReceived(**_envelope(world, "receipt"), node=node, lines=(line,))
    return _told(world, event, f"receive {quantity} of {sku}, lot {lot}, at {node}", [(sku, node, quantity)])


def sell(world: World) -> Deed | None:
    """A shop sells over the counter, perhaps what was promised to others, perhaps what the books never had."""
    found = _somewhere(world)
    if found is None:
        return None
    (sku, node, lot), _ = found
    quantity = world.chance.randint(1, _MOST)
    line = StockLine(sku=sku, quantity=quantity, lot=lot)
    event = GoodsSold(**_envelope(world, "sale"), node=node, lines=(line,))
    return _told(world, event, f"sell {quantity} of {sku}, lot {lot}, at {node}", [(sku, node, -quantity)])


def adjust(world: World) -> Deed | None:
    """Somebody corrects the books."""
    found = _somewhere(world)
    if found is None:
        return None
    (sku, node, lot), _ = found
    quantity = world.chance.choice((-3, -1, 1, 2))
    line = AdjustedLine(sku=sku, quantity=quantity, lot=lot)
    event = GoodsAdjusted(**_envelope(world, "adjustment"), node=node, lines=(line,), reason="it was found so")
    return _told(world, event, f"adjust {sku}, lot {lot}, at {node} by {quantity}", [(sku, node, quantity)])


def count(world: World) -> Deed | None:
    """Somebody counts, and finds what the books say, or fewer, or more."""
    found = _somewhere(world)
    if found is None:
        return None
    spot, shelf = found
    return counting(world, spot, shelf.on_hand, max(shelf.on_hand + world.chance.choice((-2, -1, 0, 0, 1)), 0))


def counting(world: World, spot: Spot, on_hand: int, counted: int) -> Deed:
    """So many are found where the books have so many."""
    sku, node, lot = spot
    line = CountedLine(sku=sku, quantity=counted, lot=lot)
    event = GoodsCounted(**_envelope(world, "count"), node=node, lines=(line,))
    deed = _told(world, event, f"count {counted} of {sku}, lot {lot}, at {node}", [(sku, node, counted - on_hand)])

    def note(answer: StockEventAnswer) -> None:
        deed.note(answer)
        world.log.counted[spot] = event.occurred_at
        insist("log: a count corrected otherwise", answer.corrected == abs(counted - on_hand), answer)

    return replace(deed, note=note)


def set_aside(world: World) -> Deed | None:
    """Something is broken, perhaps what was promised."""
    found = _somewhere(world)
    if found is None or not found[1].for_sale:
        return None
    (sku, node, lot), shelf = found
    quantity = world.chance.randint(1, min(shelf.for_sale, _MOST))
    line = StockLine(sku=sku, quantity=quantity, lot=lot)
    event = GoodsSetAside(**_envelope(world, "damage"), node=node, lines=(line,), state=StockState.DAMAGED)
    return _told(world, event, f"set aside {quantity} of {sku}, lot {lot}, at {node}", ())


def clear(world: World) -> Deed | None:
    """What was broken is mended."""
    found = _somewhere(world)
    if found is None or not found[1].damaged:
        return None
    (sku, node, lot), shelf = found
    quantity = world.chance.randint(1, shelf.damaged)
    line = StockLine(sku=sku, quantity=quantity, lot=lot)
    event = GoodsCleared(**_envelope(world, "mending"), node=node, lines=(line,), state=StockState.DAMAGED)
    return _told(world, event, f"clear {quantity} of {sku}, lot {lot}, at {node}", ())


def judge(world: World) -> Deed | None:
    """A lot that somebody was promised is called back, from pickers' hands too, or found to be good after all."""
    with world.reader.connect() as connection:
        lots = {spot: shelf for spot, shelf in shelves(connection, world.skus).items() if spot[2] and shelf.promised}
    held = [spot for spot, shelf in lots.items() if shelf.picked]
    if not held and (not lots or world.chance.random() < _NOT_HELD):
        return None
    sku, _, lot = world.chance.choice(held or list(lots))
    status = world.chance.choice(tuple(LotStatus))
    event = LotJudged(**_envelope(world, "judgement"), sku=sku, lot=lot, status=status)
    deed = _told(world, event, f"lot {lot} of {sku} is {status.value}", ())

    def note(answer: StockEventAnswer) -> None:
        deed.note(answer)
        world.judged[sku, lot] = status

    def proof(_answer: StockEventAnswer) -> None:
        with world.reader.connect() as connection:
            lying = {spot: one for spot, one in shelves(connection, (sku,)).items() if spot[2] == lot}
        kept_back = status is LotStatus.RELEASED or not any(one.for_sale for one in lying.values())
        insist("I11 a lot is for sale, or somebody's, that may not be sold", kept_back, status, lying)

    return replace(deed, note=note, proof=proof)


def pick(world: World) -> Deed | None:
    """A picker takes goods off the shelf for an order."""
    promises = [one for one in world.log.promises.values() if one.is_live]
    if not promises:
        return None
    promise = world.chance.choice(promises)
    with world.reader.connect() as connection:
        lines = open_lines(connection, promise.key)
    places = sorted(place for place, (still, picked) in lines.items() if still > picked)
    if not places:
        return None
    _, sku, node, lot = place = world.chance.choice(places)
    still, picked = lines[place]
    quantity = world.chance.randint(1, still - picked)
    line = StockLine(sku=sku, quantity=quantity, lot=lot)
    event = GoodsPicked(**_envelope(world, "pick"), node=node, order_id=promise.order_id, lines=(line,))
    return _told(world, event, f"pick {quantity} of {sku}, lot {lot}, at {node} for {promise.order_id}", ())


def _told(world: World, event: StockEvent, name: str, changes: Sequence[tuple[str, str, int]]) -> Deed:
    def note(answer: StockEventAnswer) -> None:
        world.log.happened(answer, changes)

    return Deed(name, lambda: world.ledger.apply(event, source=_SOURCE), note)


def _envelope(world: World, kind: str) -> _Envelope:
    return {"event_id": world.document(kind), "occurred_at": world.clock()}


def _somewhere(world: World) -> tuple[Spot, Shelf] | None:
    with world.reader.connect() as connection:
        found = shelves(connection, world.skus)
    return world.chance.choice(list(found.items())) if found else None
