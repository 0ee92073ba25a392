"""The ERP's own side of a parcel: its delivery takes what left us off the node's stock, so that its books say so too.

Tryton plans one delivery for all of a sale. For each parcel the planned one is cut down to what left, put to the node
it left from, and done; Tryton then plans another for the rest. Goods are not looked for on Tryton's shelves: they have
left already, whatever its books thought of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.erp.selling.sales import SALE
from activities.adapters.tryton.phrases import WRONG_STATE
from activities.adapters.tryton.wire import Read
from models.errors import Refused, Transient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.adapters.tryton.erp.masters import Masters
    from activities.adapters.tryton.erp.selling.sales import Sale
    from activities.adapters.tryton.keeping import Keeping
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values

DELIVERY = "stock.shipment.out"
_PLANNED = frozenset({"draft", "waiting"})
_STEPS = {"draft": "wait", "waiting": "assign_force", "assigned": "pick", "picked": "pack", "packed": "do"}
"""What is done in each state, in their order, until it is done."""
_COMPONENT = "sale.line.component"
_GOODS = frozenset({"goods", "assets"})


class _Move(Read):
    quantity: float
    state: str
    origin: str | None


class _Delivery(Read):
    state: str
    reference: str | None
    outgoing_moves: list[_Move]


class _Component(Read):
    line: int
    quantity_ratio: float | None


class _Shipments(Read):
    state: str
    shipments: list[_Delivery]


class Deliveries:
    """Deliveries to customers."""

    def __init__(self, rest: Rest, masters: Masters, keeping: Keeping) -> None:
        """Do them in this database."""
        self._rest = rest
        self._masters = masters
        self._keeping = keeping

    async def deliver(self, sale: Sale, key: str, left: Mapping[int, float], node: str | None) -> dict[int, list[int]]:
        """Have what left done as one delivery, once a key.

        Args:
            sale: of which sale.
            key: the key; the delivery's reference.
            left: how many left of each of the sale's lines, by the line's id.
            node: where they left from; None: nobody says.

        Returns:
            The ids of the moves that took them off the stock, by the line's id; empty where nothing left that lies on
            shelves.

        Raises:
            Refused: ``not_to_ship``: the sale does not have so many left to deliver.
            Transient: another parcel of the same sale is being delivered just now.
        """
        ratios = await self._ratios(left)
        found = await self._rest.first(DELIVERY, _Delivery, [["reference", "=", key]])
        if found is None:
            found = await self._take(
                sale, key, {origin: left[line] * ratio for origin, (line, ratio) in ratios.items()}, node
            )
        if found is None:
            return {}
        await self._do(found)
        for claimed in (key, f"{DELIVERY},{found.id}"):
            await self._keeping.release(claimed)
        moves: dict[int, list[int]] = {}
        for move in found.outgoing_moves:
            if move.origin in ratios:
                moves.setdefault(ratios[move.origin][0], []).append(move.id)
        return moves

    async def _ratios(self, left: Mapping[int, float]) -> dict[str, tuple[int, float]]:
        """Say, by the origin of a move, for which line it is, and how many of it one of the line takes."""
        origins = {f"sale.line,{line}": (line, 1.0) for line in left}
        parts = await self._rest.find(_COMPONENT, _Component, [["line", "in", sorted(left)]])
        return origins | {f"{_COMPONENT},{part.id}": (part.line, part.quantity_ratio or 0.0) for part in parts}

    async def _take(self, sale: Sale, key: str, wanted: Mapping[str, float], node: str | None) -> _Delivery | None:
        """Take the planned delivery for a parcel; None where nothing of it lies on shelves."""
        physical = {origin: many for origin, many in wanted.items() if _lies_on_shelves(sale, origin)}
        if not physical:
            return None
        enough = next((one for one in await self._planned(sale) if _covers(one, physical)), None)
        if enough is None:
            raise Refused(self._rest.partner, f"{sale.number} has not so many left to deliver", code="not_to_ship")
        holder = await self._keeping.claim(f"{DELIVERY},{enough.id}", key)
        if holder != key:
            raise Transient(self._rest.partner, f"another parcel of {sale.number} is being delivered just now")
        if enough.state == "waiting":
            await self._rest.step(DELIVERY, enough.id, "draft")
        warehouse = await self._masters.warehouse(node)
        changes: Values = {
            "reference": key,
            "warehouse": warehouse.id,
            "warehouse_storage": warehouse.storage_location,
            "warehouse_output": warehouse.output_location,
            "outgoing_moves": _cut(enough, physical, warehouse.output_location),
        }
        try:
            return await self._rest.write(DELIVERY, _Delivery, enough.id, changes)
        except Refused as refusal:
            if refusal.code != WRONG_STATE:
                raise
            # Whoever was asked for the same has taken it on since we looked.
            raise Transient(self._rest.partner, f"{key} is being delivered just now") from refusal

    async def _planned(self, sale: Sale) -> list[_Delivery]:
        """Read what is planned and nobody's yet; has Tryton plan where it has not come to it."""
        read = await self._rest.get(SALE, _Shipments, sale.id)
        if read is not None and not _free(read):
            await self._rest.step(SALE, sale.id, "process")
            read = await self._rest.get(SALE, _Shipments, sale.id)
        return _free(read) if read is not None else []

    async def _do(self, delivery: _Delivery) -> None:
        states = list(_STEPS)
        begun = states.index(delivery.state) if delivery.state in states else len(states)
        for state in states[begun:]:
            await self._rest.step(DELIVERY, delivery.id, _STEPS[state])
        read = await self._rest.get(DELIVERY, _Delivery, delivery.id)
        if read is None or read.state != "done":
            stands = "gone" if read is None else read.state
            raise Transient(self._rest.partner, f"delivery {delivery.id} came no further than {stands}")


def _free(read: _Shipments) -> list[_Delivery]:
    return [one for one in read.shipments if one.state in _PLANNED and not one.reference]


def _lies_on_shelves(sale: Sale, origin: str) -> bool:
    """Whether what a move would come from is goods, and neither a service nor the name of a bundle."""
    line = next((line for line in sale.lines if line.origin == origin), None)
    return line is None or (line.product is not None and line.product.type in _GOODS)


def _covers(delivery: _Delivery, wanted: Mapping[str, float]) -> bool:
    """Whether all that left is in it, and enough of each."""
    planned = {move.origin: move.quantity for move in delivery.outgoing_moves if move.state != "cancelled"}
    return all(planned.get(origin, 0.0) >= many for origin, many in wanted.items())


def _cut(delivery: _Delivery, wanted: Mapping[str, float], output: int | None) -> list[list[object]]:
    """Say how the planned moves become those of one parcel."""
    kept = [move for move in delivery.outgoing_moves if wanted.get(move.origin or "")]
    dropped = [move.id for move in delivery.outgoing_moves if not wanted.get(move.origin or "")]
    changes: list[list[object]] = [
        ["write", [move.id], {"quantity": wanted[move.origin or ""], "from_location": output}] for move in kept
    ]
    return [*changes, ["delete", dropped]] if dropped else changes
