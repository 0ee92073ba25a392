"""How many of each line are where: reserved, released, short, shipped, delivered, cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from models.order.snapshot import LineProgress, ShipmentProgress
from models.order.worth import share, worth
from models.partners.erp import InvoiceLine
from models.states.fulfilment import SHIPMENT, ShipmentState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.money import Money
    from models.order.order import Order
    from models.partners.events import ParcelShipped, PickedLine
    from models.stock import Allocation, Need

_Counted = Literal["reserved", "released", "short", "shipped", "delivered", "cancelled"]
Piece = tuple[str, str]
"""A line's id and the SKU of one of its parts: the line's own, or a bundle's component."""


@dataclass
class _Part:
    """So many of one stock article, for one line."""

    quantity: int
    per_line_unit: int
    reserved: int = 0
    released: int = 0
    short: int = 0
    shipped: int = 0
    delivered: int = 0
    cancelled: int = 0

    @property
    def outstanding(self) -> int:
        return self.quantity - self.shipped - self.cancelled

    def count(self, name: _Counted) -> int:
        number: int = getattr(self, name)
        return number


@dataclass
class _Parcel:
    node: str
    carrier: str
    tracking_number: str
    value: Money
    pieces: dict[Piece, int]
    state: ShipmentState = ShipmentState.DISPATCHED


@dataclass
class Goods:
    """The goods of one order."""

    order: Order
    parts: dict[Piece, _Part] = field(default_factory=dict)
    parcels: dict[str, _Parcel] = field(default_factory=dict)
    handed_over: bool = False
    """Whether what needs no shipping (a service, what the channel ships) counts as delivered; it does with the first
    parcel, or at once where there is none."""
    invoiced: dict[str, int] = field(default_factory=dict)

    def plan(self, needs: Iterable[Need]) -> None:
        """Take note of what has to come out of stock."""
        units = {line.id: line.open_quantity for line in self.order.lines}
        self.parts = {
            (need.line_id, need.sku): _Part(quantity=need.quantity, per_line_unit=need.quantity // units[need.line_id])
            for need in needs
        }

    def reserved(self, allocations: Iterable[Allocation]) -> None:
        """Note a reservation."""
        for allocation in allocations:
            self.parts[allocation.line_id, allocation.sku].reserved += allocation.quantity

    def released(self, allocations: Iterable[Allocation]) -> None:
        """Note a release to a warehouse."""
        for allocation in allocations:
            self.parts[allocation.line_id, allocation.sku].released += allocation.quantity

    def short(self, lines: Iterable[PickedLine]) -> None:
        """Note what the warehouse could not find; it is no longer released."""
        for line in lines:
            part = self.parts[line.line_id, line.sku]
            part.short += line.quantity
            part.released -= line.quantity
            part.reserved -= line.quantity

    def cancelled(self, pieces: dict[Piece, int]) -> None:
        """Note what will not be delivered after all."""
        for piece, quantity in pieces.items():
            part = self.parts[piece]
            part.cancelled += min(quantity, part.outstanding)

    def shipped(self, event: ParcelShipped) -> Money:
        """Note a parcel, which `check` has passed; answers what the customer pays for what is in it."""
        before = self.worth_shipped
        self.handed_over = True
        pieces: dict[Piece, int] = {}
        for line in event.lines:
            piece = (line.line_id, line.sku)
            pieces[piece] = pieces.get(piece, 0) + line.quantity
            self.parts[piece].shipped += line.quantity
        value = self.worth_shipped - before
        self.parcels[event.shipment_id] = _Parcel(event.node, event.carrier, event.tracking_number, value, pieces)
        return value

    @property
    def worth_shipped(self) -> Money:
        """What the customer pays for all that has left us."""
        return worth(self.order, self.line_quantities())

    def to_invoice(self) -> tuple[InvoiceLine, ...]:
        """What has left us and stands on no invoice yet; from now on it does."""
        lines = []
        for line in self.order.lines:
            before, now = self.invoiced.get(line.id, 0), self.line_quantities()[line.id]
            if now > before:
                amount = share(line, now) - share(line, before)
                lines.append(InvoiceLine(line_id=line.id, quantity=now - before, amount=amount))
                self.invoiced[line.id] = now
        return tuple(lines)

    def outstanding(self) -> dict[Piece, int]:
        """What is still to be shipped."""
        return {piece: part.outstanding for piece, part in self.parts.items() if part.outstanding > 0}

    def check(self, lines: Iterable[PickedLine]) -> str | None:
        """Say what is wrong with so many being shipped or short, if anything."""
        wanted: dict[Piece, int] = {}
        for line in lines:
            wanted[line.line_id, line.sku] = wanted.get((line.line_id, line.sku), 0) + line.quantity
        for (line_id, sku), quantity in wanted.items():
            part = self.parts.get((line_id, sku))
            if part is None:
                return f"line {line_id} has no {sku}"
            if quantity > part.outstanding:
                return f"{quantity} of {sku} for line {line_id}, of which only {part.outstanding} are outstanding"
        return None

    def moved(self, tracking_number: str, state: ShipmentState) -> bool:
        """Note where a parcel is; False where that is no news or no parcel of ours."""
        for parcel in self.parcels.values():
            if parcel.tracking_number == tracking_number and state in SHIPMENT.moves[parcel.state]:
                if parcel.state is state:
                    return False
                parcel.state = SHIPMENT.move(parcel.state, state)
                if state is ShipmentState.DELIVERED:
                    for piece, quantity in parcel.pieces.items():
                        self.parts[piece].delivered += quantity
                return True
        return False

    def line_quantities(self) -> dict[str, int]:
        """How many whole units of each line have left us; a bundle counts when all its parts have."""
        return {line.id: self._whole(line.id, "shipped") for line in self.order.lines}

    @property
    def anything_shipped(self) -> bool:
        """Whether any parcel is on its way."""
        return bool(self.parcels)

    @property
    def all_shipped(self) -> bool:
        """Whether nothing is left that could be shipped."""
        return all(part.outstanding <= 0 for part in self.parts.values())

    @property
    def all_arrived(self) -> bool:
        """Whether no parcel is on its way any more."""
        return all(
            SHIPMENT.is_final(parcel.state) or parcel.state is ShipmentState.LOST for parcel in self.parcels.values()
        )

    def progress(self) -> tuple[LineProgress, ...]:
        """Every line's quantities."""
        return tuple(
            LineProgress(
                line_id=line.id,
                sku=line.sku,
                ordered=line.quantity,
                reserved=self._whole(line.id, "reserved"),
                released=self._whole(line.id, "released"),
                short=self._any(line.id, "short"),
                shipped=self._whole(line.id, "shipped"),
                delivered=self._whole(line.id, "delivered"),
                cancelled=line.cancelled + self._any(line.id, "cancelled"),
                invoiced=self.invoiced.get(line.id, 0),
            )
            for line in self.order.lines
        )

    def shipments(self) -> tuple[ShipmentProgress, ...]:
        """Every parcel."""
        return tuple(
            ShipmentProgress(
                shipment_id=shipment_id,
                node=parcel.node,
                carrier=parcel.carrier,
                tracking_number=parcel.tracking_number,
                state=parcel.state,
                value=parcel.value,
            )
            for shipment_id, parcel in self.parcels.items()
        )

    def _parts_of(self, line_id: str) -> list[_Part]:
        return [part for (owner, _), part in self.parts.items() if owner == line_id]

    def _whole(self, line_id: str, quantity: _Counted) -> int:
        parts = self._parts_of(line_id)
        if parts:
            return min(max(part.count(quantity), 0) // part.per_line_unit for part in parts)
        if quantity in {"shipped", "delivered"} and self.handed_over:
            return next(line.open_quantity for line in self.order.lines if line.id == line_id)
        return 0

    def _any(self, line_id: str, quantity: _Counted) -> int:
        counts = [-(-part.count(quantity) // part.per_line_unit) for part in self._parts_of(line_id)]
        return max(counts, default=0)
