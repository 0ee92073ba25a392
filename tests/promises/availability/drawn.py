"""Pictures of shelves and rules of availability, drawn at random."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

from hypothesis import strategies as st

from models.policy.stock.rules import (
    AvailabilityRules,
    ChannelRule,
    ExpiryRule,
    SafetyRule,
    SpikeRule,
    StoreRiskRule,
)
from models.stock.lots import LotStatus
from models.stock.nodes import Calendar, Node, NodeKind
from models.stock.picture import Picture, RingFence, Shelf
from models.stock.quantities import PROMISED, SET_ASIDE, Balance
from tests.promises.availability.pictures import NOW, supply

NAMES = ("a", "b", "c")
FEW = st.integers(0, 30)
HOLDERS = ("channel:b2b", "class:dealer", "channel:shopify")
ZONES = ("UTC", "Pacific/Honolulu", "Pacific/Kiritimati")
"""At the moment of the pictures it is another day in Honolulu."""
_KINDS = (NodeKind.WAREHOUSE, NodeKind.STORE, NodeKind.SUPPLIER)
_SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"collects": True},
    {"ships": False, "collects": True},
    {"lanes": ()},
    {"lanes": (), "collects": True},
    {"active": False},
)
_NODES = {
    name: tuple(
        Node(name=name, kind=kind, calendar=Calendar(time_zone=zone), **shape)
        for kind, zone, shape in product(_KINDS, ZONES, _SHAPES)
    )
    for name in NAMES
}


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Three nodes of any kind, some lots, fences that fit into them, some supply, a queue."""
    nodes = tuple(draw(st.sampled_from(_NODES[name])) for name in NAMES)
    shelves, fences = [], []
    for name in NAMES:
        for lot in draw(st.sets(st.sampled_from(["", "L1", "L2"]))):
            states = {state.value: draw(FEW) for state in (*PROMISED, *SET_ASIDE)}
            held = draw(st.dictionaries(st.sampled_from(HOLDERS), FEW))
            fences += [RingFence(sku="MUG", node=name, lot=lot, holder=who, quantity=n) for who, n in held.items()]
            states["channel_reserved"] = sum(held.values())
            balance = Balance(sku="MUG", node=name, lot=lot, on_hand=sum(states.values()) + draw(FEW), **states)
            expires = draw(st.none() | st.integers(-3, 40).map(lambda days: NOW.date() + timedelta(days=days)))
            shelves.append(Shelf(balance=balance, expires_on=expires, lot_status=draw(st.sampled_from(LotStatus))))
    supplies = tuple(
        supply(draw(st.integers(1, 50)), days=draw(st.none() | st.integers(-3, 20)), number=f"PO-{number}", node=node)
        for number, node in enumerate(draw(st.lists(st.sampled_from(NAMES), max_size=3)))
    )
    return Picture(
        at=NOW,
        nodes=nodes,
        shelves=tuple(shelves),
        fences=tuple(fences),
        supplies=supplies,
        waiting={"MUG": draw(FEW)},
    )


def rules() -> st.SearchStrategy[AvailabilityRules]:
    percent = st.integers(0, 100)
    channel = st.builds(
        ChannelRule,
        buffer_units=FEW,
        buffer_percent=percent,
        share_percent=percent,
        most=st.none() | FEW,
        sells_expected=st.booleans(),
    )
    return st.builds(
        AvailabilityRules,
        safety=st.tuples(st.builds(SafetyRule, units=FEW, percent=percent)),
        expiry=st.tuples(st.builds(ExpiryRule, days=st.integers(0, 20))),
        store_risk=st.tuples(st.builds(StoreRiskRule, cover_days=st.integers(0, 9))),
        spikes=st.tuples(st.builds(SpikeRule, share_percent=percent)),
        channels=st.dictionaries(st.just("b2b"), channel),
    )
