"""One event on its way into the books: the shelves it finds, what it shifts on them, and whom it takes goods from.

Everything is worked out on shelves in memory, whose balances are locked, and written at the end: claims first, since
what they lose is what the event takes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from activities.adapters.store.stock.events.shelf_rows import ensure_balances, ensure_lots, shares_of, shelves_at
from activities.adapters.store.stock.events.unexplained import Gone, note
from activities.adapters.store.stock.movements import Document, Movement, move
from activities.adapters.store.stock.queue.waiting import event_id
from activities.adapters.store.stock.reservations import claims
from activities.adapters.store.stock.telling_orders import tell_order
from models.partners.events import PickedLine, StockLost
from models.stock import life
from models.stock.events import Displacement, StockEventAnswer, Unexplained
from models.stock.quantities import MovementKind, StockState
from models.stock.taking import first_to_expire, take, take_unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.movements import Spot
    from activities.adapters.store.stock.reservations.claims import KeptClaim
    from models.stock.events import StockEvent
    from models.stock.life import Place
    from models.stock.taking import Shelf, Taken

_WHY = {
    MovementKind.SALE: "sold over the counter",
    MovementKind.SCRAP: "thrown away",
    MovementKind.TRANSFER_OUT: "sent to another node",
    MovementKind.COUNT: "not found when it was counted",
    MovementKind.ADJUSTMENT: "not there, or not fit for sale",
}


class Overtaken(Exception):
    """What was found has changed meanwhile, or claims must be locked first: the event is to be begun anew."""

    def __init__(self, needed: Iterable[str] = ()) -> None:
        """Name the reservations that are to be locked before the balances are."""
        super().__init__()
        self.needed = frozenset(needed)


class Posting:
    """What one event does; nothing of it is written before `finish`."""

    def __init__(
        self,
        connection: AsyncConnection,
        event: StockEvent,
        source: str,
        now: datetime,
        locked: Mapping[str, KeptClaim],
    ) -> None:
        """Begin.

        Args:
            connection: the transaction it is written in.
            event: what happened.
            source: who told it.
            now: when it was told.
            locked: the reservations that may lose goods, by key; locked before any balance.
        """
        self.connection = connection
        self.key = f"{source}/{event.event_id}"
        self.occurred_at = event.occurred_at
        self.reason = event.reason
        self.now = now
        self.shelves: dict[Spot, Shelf] = {}
        self.corrected = 0
        self.unheard_of: str | None = None
        self._event = event
        self._source = source
        self._locked = locked
        self._batches: list[tuple[MovementKind, Counter[tuple[Spot, StockState, str | None]]]] = []
        self._lost: defaultdict[str, Counter[Place]] = defaultdict(Counter)
        self._why: dict[str, str] = {}
        self._gone: Counter[Gone] = Counter()

    def document(self, kind: MovementKind, *, reason: str | None = None, order_id: str | None = None) -> Document:
        """What its movements are written for."""
        return Document(
            key=self.key,
            kind=kind,
            order_id=order_id or getattr(self._event, "order_id", None),
            reason=reason or self.reason,
            actor=self._source,
            occurred_at=self.occurred_at,
        )

    async def look(self, lines: Iterable[Line], nodes: Sequence[str], *, bring_to: str | None = None) -> None:
        """Lock and read the shelves of these lines' articles at these nodes.

        With `bring_to`, each line's own shelf is there afterwards at that node, with its lot.
        """
        lines = list(lines)
        if bring_to is not None:
            await ensure_lots(self.connection, lines)
            await ensure_balances(self.connection, {(line.sku, bring_to, line.lot) for line in lines})
        self.shelves |= await shelves_at(self.connection, {line.sku for line in lines}, nodes)

    def candidates(self, line: Line, node: str) -> list[Shelf]:
        """Where a line's goods can have lain: on the shelf of the lot it names, else on any."""
        if line.lot:
            found = self.shelves.get((line.sku, node, line.lot))
            return [] if found is None else [found]
        mine = (shelf for shelf in self.shelves.values() if (shelf.sku, shelf.node) == (line.sku, node))
        return sorted(mine, key=first_to_expire)

    def shift(
        self, kind: MovementKind, shelf: Shelf, state: StockState, quantity: int, holder: str | None = None
    ) -> None:
        """Have so many more, or fewer, in one state of a shelf."""
        shelf.levels[state] += quantity
        self._record(kind, shelf, state, quantity, holder)

    async def take_away(
        self,
        kind: MovementKind,
        shelves: Sequence[Shelf],
        quantity: int,
        *,
        into: StockState | None = None,
        unfit: bool = False,
    ) -> int:
        """Take goods from whoever has them, the least deserving order last but picked goods.

        Args:
            kind: why.
            shelves: where they can have lain, in the order in which they are taken from.
            quantity: how many.
            into: the state they are set aside in; none: they are gone.
            unfit: whether it may be goods that are set aside already.

        Returns:
            How many of them nothing explains.
        """
        if quantity > sum(shelf.available + sum(shelf.fences.values()) for shelf in shelves):
            for shelf in shelves:
                if shelf.promised and not shelf.shares:
                    shelf.shares = await shares_of(self.connection, shelf.spot)
        taken, rest = take(shelves, quantity, unfit=unfit)
        for one in taken:
            self._write_off(kind, one, into)
        return rest

    def take_unfit(self, kind: MovementKind, shelves: Sequence[Shelf], quantity: int, state: StockState) -> int:
        """Take away what is set aside in a state; answers how many of it the books do not have there."""
        taken, rest = take_unfit(shelves, quantity, state)
        for one in taken:
            self._write_off(kind, one, None)
        return rest

    def unexplained(self, spot: Spot, what: StockState, quantity: int, *, more: bool) -> None:
        """So many more, or fewer, are in a state than the books can have."""
        if quantity:
            self._gone[Gone(*spot, what, more)] += quantity

    async def finish(self) -> StockEventAnswer:
        """Write all of it.

        Raises:
            Overtaken: orders lose goods whose reservations were not locked first.
        """
        if not self._lost.keys() <= self._locked.keys():
            raise Overtaken(self._lost)
        displaced = [one for key in sorted(self._lost) for one in await self._displace(key)]
        for kind, shifts in self._batches:
            moved = [
                Movement(sku, node, state, quantity, lot=lot, holder=holder)
                for ((sku, node, lot), state, holder), quantity in shifts.items()
            ]
            await move(self.connection, self.document(kind), moved)
        order_id = getattr(self._event, "order_id", None)
        await note(self.connection, self._gone, self.occurred_at, (order_id,) if order_id else ())
        missing: Counter[Spot] = Counter()
        for gone, quantity in self._gone.items():
            missing[gone.spot] += quantity
        return StockEventAnswer(
            event_id=self._event.event_id,
            displaced=tuple(displaced),
            unexplained=tuple(
                Unexplained(sku=sku, node=node, lot=lot, quantity=quantity)
                for (sku, node, lot), quantity in sorted(missing.items())
            ),
            corrected=self.corrected,
            unheard_of=self.unheard_of,
        )

    def _write_off(self, kind: MovementKind, taken: Taken, into: StockState | None) -> None:
        if taken.share is not None:
            self._lost[taken.share.reservation_key][taken.share.place] += taken.quantity
            self._why[taken.share.reservation_key] = self.reason or _WHY[kind]
        elif taken.state is not None:
            self._record(kind, taken.shelf, taken.state, -taken.quantity, taken.holder)
        if into is None:
            self.shift(kind, taken.shelf, StockState.ON_HAND, -taken.quantity)
        else:
            self.shift(kind, taken.shelf, into, taken.quantity)

    def _record(self, kind: MovementKind, shelf: Shelf, state: StockState, quantity: int, holder: str | None) -> None:
        # One after the other, as they were worked out: each batch finds what the one before it has left.
        if not self._batches or self._batches[-1][0] is not kind:
            self._batches.append((kind, Counter()))
        self._batches[-1][1][shelf.spot, state, holder] += quantity

    async def _displace(self, key: str) -> list[Displacement]:
        kept, lost, why = self._locked[key], self._lost[key], self._why[key]
        document = self.document(MovementKind.CANCELLATION, reason=why, order_id=kept.order_id)
        await claims.write(self.connection, kept, life.lose(kept.claim, lost), document, at=self.now)
        nodes: defaultdict[str, list[PickedLine]] = defaultdict(list)
        places = sorted(lost.items(), key=lambda item: (item[0].node, item[0].line_id, item[0].sku, item[0].lot))
        for place, quantity in places:
            line = PickedLine(line_id=place.line_id, sku=place.sku, quantity=quantity, lot=place.lot or None)
            nodes[place.node].append(line)
        for node, lines in nodes.items():
            event = StockLost(
                event_id=event_id("lost", self.key, key, node),
                order_id=kept.order_id,
                occurred_at=self.occurred_at,
                reservation_key=key,
                lines=tuple(lines),
                node=node,
                reason=why,
            )
            await tell_order(self.connection, event)
        return [
            Displacement(
                order_id=kept.order_id,
                reservation_key=key,
                line_id=place.line_id,
                sku=place.sku,
                node=place.node,
                lot=place.lot,
                quantity=quantity,
            )
            for place, quantity in places
        ]
