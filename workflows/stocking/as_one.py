"""The last look at an order that must not go in parts: all of what is left of it is released at once, or nothing is.

What cannot go now is sourced anew; the rest stays reserved meanwhile, and is looked at once more when it goes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.order.pieces import needs_of
from models.order.snapshot import TimelineKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.order.pieces import Piece
    from models.stock.outlook import NodeOutlook, ReleaseOutlook
    from models.stock.reservation import Allocation
    from workflows.ordering.run import Run
    from workflows.stocking.batch import Batch

    Look = Callable[[Batch], Awaitable[ReleaseOutlook | None]]


@dataclass(frozen=True)
class Part:
    """What one node is to send of a batch, and how that node was found; none: nobody looked."""

    node: str
    batch: Batch
    outlook: NodeOutlook | None


class AsOne:
    """What one order has reserved, gone through as a whole."""

    def __init__(self, run: Run, look: Look) -> None:
        """Look at nodes and lots in this way."""
        self._run = run
        self._look = look
        self._gone: dict[Piece, int] = {}

    async def next(self) -> list[Part]:
        """Take all that is to go now; nothing, as long as something of it is still to be had."""
        stock = self._run.stock
        while stock.ready and stock.is_whole:
            seen = await self._seen()
            good = [part for part in seen if part.outlook is None or part.outlook.down is None]
            if not self._gone and len(good) == len(seen):
                return seen
            stock.ready.extend(part.batch for part in good)
            await self._have_anew([part for part in seen if part not in good])
        return []

    async def _seen(self) -> list[Part]:
        """Look at everything that is reserved; what may not go for its lot is given back here."""
        stock = self._run.stock
        batches: list[Batch] = []
        while stock.ready:
            batch = await stock.next_firm()
            if batch is not None:
                batches.append(batch)
        parts: list[Part] = []
        for batch in batches:
            outlook = await self._look(batch)
            by_node: defaultdict[str, list[Allocation]] = defaultdict(list)
            for allocation in await self._fit(batch, outlook):
                by_node[allocation.node].append(allocation)
            parts += [
                Part(node, batch.of(found), outlook.of(node) if outlook else None) for node, found in by_node.items()
            ]
        return parts

    async def _fit(self, batch: Batch, outlook: ReleaseOutlook | None) -> list[Allocation]:
        run = self._run
        bad = {found.allocation: found.reason for found in outlook.bad_lots} if outlook else {}
        for allocation, reason in bad.items():
            run.standing.tell(f"{allocation.quantity} of {allocation.sku} are not sent: {reason}")
            document = run.key("swap", run.stock.fresh_part("lot"))
            await run.stock.free_lot(allocation, run.key("stock", batch.part), document, reason)
            self._lacks(allocation)
        return [found for found in batch.allocations if found not in bad]

    async def _have_anew(self, down: list[Part]) -> None:
        """Reserve what cannot go once more, all of it together, where nobody has turned the order down."""
        run = self._run
        for part in down:
            reason = f"{part.node} is down: {part.outlook.down if part.outlook else 'nobody looked'}"
            pieces: defaultdict[Piece, int] = defaultdict(int)
            for allocation in part.batch.allocations:
                pieces[allocation.line_id, allocation.sku] += allocation.quantity
                self._lacks(allocation)
            document = run.key("free", run.stock.fresh_part(f"down-{part.node}"))
            await run.stock.free(pieces, run.key("stock", part.batch.part), document, reason, node=part.node)
            run.avoided |= {part.node: None}
            without = ", ".join(run.avoided)
            run.standing.tell(f"{reason}: sourced again without {without}", kind=TimelineKind.DECISION)
        run.resourced += bool(down)
        needs, self._gone = needs_of(self._gone), {}
        await run.stock.again(needs, avoid=tuple(run.avoided))

    def _lacks(self, allocation: Allocation) -> None:
        self._run.standing.goods.unreserved((allocation,))
        piece = (allocation.line_id, allocation.sku)
        self._gone[piece] = self._gone.get(piece, 0) + allocation.quantity
