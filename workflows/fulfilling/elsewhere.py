"""What a node cannot or will not send: freed in our ledger, and sourced again where it has not been tried yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.snapshot import TimelineKind

if TYPE_CHECKING:
    from models.stock.demand import Need
    from workflows.ordering.run import Run


def may_source_again(run: Run) -> bool:
    """Whether policy has another round of sourcing for this order, before a person is asked."""
    return run.resourced < run.assessment.fulfilment.resource_rounds


async def source_again(  # noqa: PLR0913 - what, from where, and why
    run: Run, needs: tuple[Need, ...], *, node: str, reservation_key: str, document: str, reason: str
) -> None:
    """Free what a node will not send, and reserve it where nobody has turned this order down.

    What cannot be had is remedied as the rules of stock say: it waits, something else goes, or a person decides.

    Args:
        run: the order; its goods know already that the node will not send these.
        needs: what is missing.
        node: where it was to come from.
        reservation_key: under which it is reserved there.
        document: names the freeing within the order.
        reason: why it does not come from there.
    """
    pieces = {(need.line_id, need.sku): need.quantity for need in needs}
    await run.stock.free(pieces, reservation_key, run.key("free", document), reason, node=node)
    run.resourced += 1
    run.avoided |= {node: None}
    run.standing.tell(f"{reason}: sourced again without {', '.join(run.avoided)}", kind=TimelineKind.DECISION)
    await run.stock.again(needs, avoid=tuple(run.avoided))
