"""How many of each line are where: reserved, released, short, shipped, delivered, cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.ledger.terms import FreightTime
from models.order.pieces import Parcel, Part, Piece, needs_of, pieces_of
from models.order.snapshot import LineProgress, ShipmentProgress
from models.order.worth import share, worth
from models.partners.erp import InvoiceLine
from models.states.fulfilment import SHIPMENT, ShipmentState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.money import Money
    from models.order.order import Order
    from models.order.pieces import Counted
    from models.partners.events import ParcelShipped, PickedLine
    from models.stock.demand import Need
    from models.stock.reservation import Allocation


@dataclass
class Goods:
    """The goods of one order."""

    order: Order
    parts: dict[Piece, Part] = field(default_factory=dict)
    parcels: dict[str, Parcel] = field(default_factory=dict)
    handed_over: bool = False
    """Whether what needs no shipping (a service, what the channel ships) counts as delivered; it does with the first
    parcel, or at once where there is none."""
    invoiced: dict[str, int] = field(default_factory=dict)
    unsent: dict[Piece, int] = field(default_factory=dict)
    """What did not arrive and will not be sent once more, and nobody has settled yet."""
    freight: FreightTime = FreightTime.FIRST_SHIPMENT
    """Which goods bear what the customer pays beside them."""

    def plan(self, needs: Iterable[Need]) -> None:
        """Take note of what has to come out of stock."""
        units = {line.id: line.open_quantity for line in self.order.lines}
        self.parts = {
            (need.line_id, need.sku): Part(quantity=need.quantity, per_line_unit=need.quantity // units[need.line_id])
            for need in needs
        }

    def reserved(self, allocations: Iterable[Allocation]) -> None:
        """Note a reservation."""
        for allocation in allocations:
            part = self.parts[allocation.line_id, allocation.sku]
            part.reserved += allocation.quantity
            part.backordered = max(part.backordered - allocation.quantity, 0)

    def backordered(self, needs: Iterable[Need]) -> None:
        """Note what waits for stock."""
        for need in needs:
            self.parts[need.line_id, need.sku].backordered += need.quantity

    def lost(self, lines: Iterable[PickedLine]) -> dict[Piece, int]:
        """Note what was reserved and is no longer; answers how much of it is still wanted."""
        wanted: dict[Piece, int] = {}
        for line in lines:
            part = self.parts.get((line.line_id, line.sku))
            if part is None:
                continue
            gone = min(line.quantity, part.reserved - part.released, part.outstanding)
            if gone > 0:
                part.reserved -= gone
                wanted[line.line_id, line.sku] = wanted.get((line.line_id, line.sku), 0) + gone
        return wanted

    def unreserved(self, allocations: Iterable[Allocation]) -> tuple[Need, ...]:
        """Note that these are reserved no longer; answers what is wanted in their place."""
        gone: dict[Piece, int] = {}
        for allocation in allocations:
            piece = (allocation.line_id, allocation.sku)
            self.parts[piece].reserved -= allocation.quantity
            gone[piece] = gone.get(piece, 0) + allocation.quantity
        return needs_of(gone)

    def not_waiting(self, needs: Iterable[Need]) -> None:
        """Note that these do not wait for stock any more: they are reserved anew."""
        for need in needs:
            part = self.parts[need.line_id, need.sku]
            part.backordered = max(part.backordered - need.quantity, 0)

    def still_wanted(self) -> dict[str, int]:
        """How many of each line are to be delivered, those that were closed since left out."""
        return {line.id: max(line.open_quantity - self._any(line.id, "cancelled"), 0) for line in self.order.lines}

    def substitute(self, line_id: str, needs: Iterable[Need]) -> None:
        """Send other articles for a line of which nothing has been reserved."""
        units = next(line.open_quantity for line in self.order.lines if line.id == line_id)
        self.parts = {piece: part for piece, part in self.parts.items() if piece[0] != line_id}
        self.parts |= {
            (line_id, need.sku): Part(quantity=need.quantity, per_line_unit=max(need.quantity // units, 1))
            for need in needs
        }

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

    def taken_back(self, pieces: dict[Piece, int]) -> None:
        """Note what a warehouse was asked for and will not send: it is neither released nor reserved any more."""
        for piece, quantity in pieces.items():
            self.parts[piece].released -= quantity
            self.parts[piece].reserved -= quantity

    def parcel(self, tracking_number: str) -> Parcel | None:
        """The parcel a carrier speaks of; the latest, should one number stand for several."""
        found = self.under_label(tracking_number)
        return found[-1] if found else None

    def undelivered(self, parcel: Parcel) -> dict[Piece, int]:
        """Note that what was in a parcel has to go once more, at no charge; answers how many of what."""
        for piece, quantity in parcel.pieces.items():
            self.parts[piece].again += quantity
        return dict(parcel.pieces)

    def take_unsent(self) -> dict[Piece, int]:
        """What is to be settled since it did not arrive and will not be sent once more; from now on it is."""
        found, self.unsent = self.unsent, {}
        return found

    def cancelled(self, pieces: dict[Piece, int]) -> None:
        """Note what will not be delivered after all."""
        for piece, quantity in pieces.items():
            part = self.parts[piece]
            # What was paid for and is not sent once more stays sold: it is no cancellation.
            new = min(quantity, part.quantity - part.shipped - part.cancelled)
            unsent = min(quantity - new, part.again - part.resent)
            if unsent:
                part.again -= unsent
                self.unsent[piece] = self.unsent.get(piece, 0) + unsent
            part.cancelled += new
            part.backordered = max(part.backordered - quantity, 0)

    def begun(self, line_id: str) -> bool:
        """Whether a warehouse has, or had, some of a line."""
        return any(part.released or part.shipped for part in self._parts_of(line_id))

    def shipped(self, event: ParcelShipped) -> Money:
        """Note a parcel, which `check` has passed; answers what the customer pays for what is in it.

        What goes in the place of a parcel that did not arrive is paid for already.
        """
        before = self.worth_shipped
        self.handed_over = True
        pieces = pieces_of(event.lines)
        for piece, quantity in pieces.items():
            part = self.parts[piece]
            first = min(quantity, part.quantity - part.shipped - part.cancelled)
            part.shipped += first
            part.resent += quantity - first
        value = self.worth_shipped - before
        self.parcels[event.shipment_id] = Parcel(event.node, event.carrier, event.tracking_number, value, pieces)
        return value

    @property
    def worth_shipped(self) -> Money:
        """What the customer pays for all that has left us."""
        return worth(self.order, self.line_quantities(), self.freight)

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

    def not_released(self) -> dict[Piece, int]:
        """What is still to be shipped and no warehouse has been asked for."""
        left = {piece: part.outstanding - max(part.at_warehouse, 0) for piece, part in self.parts.items()}
        return {piece: quantity for piece, quantity in left.items() if quantity > 0}

    def outstanding(self) -> dict[Piece, int]:
        """What is still to be shipped."""
        return {piece: part.outstanding for piece, part in self.parts.items() if part.outstanding > 0}

    def check(self, lines: Iterable[PickedLine]) -> str | None:
        """Say what is wrong with so many being shipped or short, if anything."""
        for (line_id, sku), quantity in pieces_of(lines).items():
            part = self.parts.get((line_id, sku))
            if part is None:
                return f"line {line_id} has no {sku}"
            if quantity > part.outstanding:
                return f"{quantity} of {sku} for line {line_id}, of which only {part.outstanding} are outstanding"
        return None

    def under_label(self, tracking_number: str) -> list[Parcel]:
        """The parcels under a label: mostly one."""
        return [parcel for parcel in self.parcels.values() if parcel.tracking_number == tracking_number]

    def moved(self, tracking_number: str, state: ShipmentState, *, each: bool = True) -> bool:
        """Note where a parcel is, or `each` of several under one label; False where that is no news or none of ours."""
        movable = [parcel for parcel in self.under_label(tracking_number) if state in SHIPMENT.moves[parcel.state]]
        news = [parcel for parcel in (movable if each else movable[:1]) if parcel.state is not state]
        for parcel in news:
            parcel.state = SHIPMENT.move(parcel.state, state)
            if state is ShipmentState.DELIVERED:
                for piece, quantity in parcel.pieces.items():
                    self.parts[piece].delivered += quantity
        return bool(news)

    def line_quantities(self) -> dict[str, int]:
        """How many whole units of each line have left us; a bundle counts when all its parts have."""
        return {line.id: self._whole(line.id, "shipped") for line in self.order.lines}

    @property
    def waits_for_stock(self) -> bool:
        """Whether some of it is in the queue for stock."""
        return any(part.backordered for part in self.parts.values())

    @property
    def at_warehouses(self) -> bool:
        """Whether a warehouse has something of it to send."""
        return any(part.at_warehouse > 0 for part in self.parts.values())

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
                backordered=self._any(line.id, "backordered"),
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

    def _parts_of(self, line_id: str) -> list[Part]:
        return [part for (owner, _), part in self.parts.items() if owner == line_id]

    def _whole(self, line_id: str, quantity: Counted) -> int:
        parts = self._parts_of(line_id)
        if parts:
            return min(max(part.count(quantity), 0) // part.per_line_unit for part in parts)
        if quantity in {"shipped", "delivered"} and self.handed_over:
            return next(line.open_quantity for line in self.order.lines if line.id == line_id)
        return 0

    def _any(self, line_id: str, quantity: Counted) -> int:
        counts = [-(-part.count(quantity) // part.per_line_unit) for part in self._parts_of(line_id)]
        return max(counts, default=0)
