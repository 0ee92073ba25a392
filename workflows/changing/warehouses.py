"""The warehouses' part in a change: what they have is stopped, and goes out again as the change leaves it.

What has left has left: a warehouse that says it is too late is believed, and its own word about the parcel follows.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from activities.warehouse import WarehouseActivities
from models.changes.progress import Party
from models.changes.request import ChangeQuantity
from models.changes.shifting import stop
from models.order.snapshot import TimelineKind
from models.partners.asking import Undo
from models.stock.nodes import NodeKind
from workflows.asking import NotDone
from workflows.changing.deal import Stopped
from workflows.changing.shelves import elsewhere, pieces_in, without
from workflows.fulfilling.consignment import consignments
from workflows.fulfilling.releasing import recall, void_label
from workflows.queues import Partner
from workflows.stocking.batch import Batch

if TYPE_CHECKING:
    from models.order.pieces import Piece
    from models.stock.reservation import Allocation
    from workflows.changing.deal import Deal
    from workflows.changing.talks import Talks
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


def not_left(consignment: Consignment) -> tuple[Allocation, ...]:
    """What of a consignment has not left, and is not known to be missing."""
    return without(consignment.allocations, dict(consignment.gone))


def must_stop(run: Run, deal: Deal) -> list[Consignment]:
    """The consignments a change cannot be made without, those last that would be stopped for the least."""
    if deal.reroutes:
        return [one for one in run.consigned.values() if not_left(one)]
    needed = _from_warehouses(run, deal)
    return [one for one in run.consigned.values() if pieces_in(not_left(one)).keys() & needed.keys()]


def _from_warehouses(run: Run, deal: Deal) -> dict[Piece, int]:
    """How many pieces have to come out of consignments, since nobody else has them."""
    here = elsewhere(run)
    needed = {piece: quantity - here.get(piece, 0) for piece, quantity in deal.drop.items()}
    return {piece: quantity for piece, quantity in needed.items() if quantity > 0}


async def stop_what_is_concerned(run: Run, talks: Talks, deal: Deal) -> None:
    """Have the warehouses stop what is concerned.

    Raises:
        NoDeal: it is too late for what the change cannot do without, or a warehouse did not answer.
    """
    needed = _from_warehouses(run, deal)
    concerned = must_stop(run, deal)
    if not concerned and not needed:
        return
    too_late = False
    for consignment in concerned:
        here = pieces_in(not_left(consignment))
        if not deal.reroutes and not here.keys() & needed.keys():
            continue
        if not await _stop(run, talks, deal, consignment):
            too_late = True
            continue
        needed = {piece: rest for piece, quantity in needed.items() if (rest := quantity - here.get(piece, 0)) > 0}
    _judge_what_was_stopped(run, talks, deal, needed, too_late=too_late)
    if concerned:
        talks.confirm(Party.WMS)


def _judge_what_was_stopped(run: Run, talks: Talks, deal: Deal, needed: dict[Piece, int], *, too_late: bool) -> None:
    if too_late and deal.reroutes and not deal.stopped and not run.standing.goods.not_released():
        talks.decline(Party.WMS, "it has left already")
    if not needed:
        return
    who, reason = (
        (Party.WMS, "it has left already") if too_late else (Party.STOCK, "a person has to decide about the line first")
    )
    kept = {piece: quantity - needed.get(piece, 0) for piece, quantity in deal.drop.items()}
    if isinstance(talks.change.request, ChangeQuantity) or not too_late or not any(kept.values()):
        talks.decline(who, reason)
    # A cancellation takes what it can get: what was not sent is cancelled, what has left has left.
    deal.drop = {piece: quantity for piece, quantity in kept.items() if quantity > 0}


async def _stop(run: Run, talks: Talks, deal: Deal, consignment: Consignment) -> bool:
    if consignment.kind is NodeKind.SUPPLIER:
        run.standing.tell(f"{consignment.node} sends for us: what was ordered there is not stopped")
        return False
    known: list[bool] = []

    async def put_back() -> str:
        could = known[0] if known else await recall(run, consignment)
        if not could:
            return "was not stopped"
        if not known:
            deal.stopped.append(_take_out(run, consignment))
        mine = next(one for one in deal.stopped if one.consignment is consignment)
        goes_out_again(run, mine, mine.left, f"{talks.change.id}-back")
        await let_label_go(run, mine, f"{talks.change.id} was not made")
        return "goes out again"

    talks.undoing.note(f"stop the goods at {consignment.node}", put_back)
    undo = Undo(key=run.asked_as(consignment.key), order_id=run.order.id, reason=f"{talks.change.id} of the order")
    answer = await talks.ask(Party.WMS, WarehouseActivities.recall, undo, f"stop the goods at {consignment.node}")
    known.append(answer.recalled or not answer.happened)
    if not known[0]:
        run.standing.tell(f"{consignment.node} has sent it already", kind=TimelineKind.PARTNER, actor=Partner.WMS.value)
        return False
    deal.stopped.append(_take_out(run, consignment))
    run.standing.tell(f"stopped at {consignment.node}", actor=Partner.WMS.value)
    return True


def _take_out(run: Run, consignment: Consignment) -> Stopped:
    stopped = Stopped(consignment, not_left(consignment), unsent=not consignment.gone)
    stop(run.standing.goods, consignment.open())
    consignment.take(consignment.open())
    return stopped


def goes_out_again(run: Run, stopped: Stopped, goods: tuple[Allocation, ...], name: str) -> None:
    """Have goods that were stopped released once more, under a key of its own."""
    if goods:
        run.stock.ready.append(_batch(run, stopped.consignment, goods, name))


def next_consignment(run: Run, stopped: Stopped, name: str) -> Consignment:
    """As what `goes_out_again` will be released."""
    return consignments(run, _batch(run, stopped.consignment, stopped.left, name))[0]


def _batch(run: Run, consignment: Consignment, goods: tuple[Allocation, ...], name: str) -> Batch:
    part = consignment.reservation_key.removeprefix(run.key("stock")).removeprefix("/")
    return Batch(part, goods, again=name)


async def let_label_go(run: Run, stopped: Stopped, reason: str) -> None:
    """Let go of a label nothing was sent under; a person may give that up."""
    if stopped.consignment.label is None or not stopped.unsent:
        return
    with suppress(NotDone):
        await void_label(run, stopped.consignment, reason)
