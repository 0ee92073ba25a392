"""The laws of things that happen once, I12 to I14: effects, callbacks, and what is told."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from models.ids import first_key
from models.partners.notices import Audience, NoticeKind
from ops.proof.lives.laws.endings import TAKEN_BACK, ended_at_once
from ops.proof.lives.world.shop import units_sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.proof.lives.world.memory import World


def everything_once(world: World) -> Iterator[str]:
    """I12: one order of record, one invoice for each thing sold, one label a release, one consumption a parcel."""
    journal = world.journal
    living = Counter(
        order.order_id for key, order in journal.sales_orders.items() if key not in journal.cancelled_sales_orders
    )
    for order_id, number in living.items():
        if number > 1:
            yield f"{order_id} has {number} orders of record"
    labels = Counter(first_key(key) for key in journal.labels if key not in journal.voided_labels)
    for key, number in labels.items():
        if number > 1:
            yield f"{number} labels under {key}"
    parcels = Counter((off.key, off.place) for off in world.ledger.went_off if not off.beyond)
    for (key, place), number in parcels.items():
        if number > 1:
            yield f"{place.sku} went off the shelf {number} times for {key}"
    yield from _invoiced_once(world)


def _invoiced_once(world: World) -> Iterator[str]:
    journal = world.journal
    invoiced: Counter[tuple[str, str]] = Counter()
    for invoice in journal.invoices:
        for line in invoice.lines:
            invoiced[invoice.order_id, line.line_id] += line.quantity
    for (order_id, line_id), quantity in invoiced.items():
        if order_id in world.touched and _is_service(world, order_id, line_id):
            continue
        sent = units_sent(world.orders[order_id], journal.sent)
        most = next(line.open_quantity for line in world.orders[order_id].lines if line.id == line_id)
        if quantity > (most if sent is None else sent[line_id]):
            yield f"{quantity} of line {line_id} of {order_id} invoiced, and fewer were sent"


def each_callback_once(world: World) -> Iterator[str]:
    """I13: an order counts each parcel and each shortage that was reported, once."""
    for order_id, snapshot in world.snapshots.items():
        order = world.orders[order_id]
        sent = units_sent(order, world.journal.sent)
        short = _most_short(world, order_id)
        for line in snapshot.lines:
            if order_id in world.touched and _is_service(world, order_id, line.line_id):
                continue
            if sent is not None and line.shipped > sent[line.line_id]:
                yield f"{order_id} counts {line.shipped} of line {line.line_id} shipped, {sent[line.line_id]} were"
            if sent is not None and line.delivered > sent[line.line_id]:
                yield f"{order_id} counts {line.delivered} of line {line.line_id} delivered, {sent[line.line_id]} left"
            if line.short > short[line.line_id]:
                yield f"{order_id} counts {line.short} of line {line.line_id} short, {short[line.line_id]} were"


def told_once(world: World) -> Iterator[str]:
    """I14: whoever is to be told is told, and no key ever comes with two bodies."""
    for verb, key in world.journal.two_bodies:
        yield f"{verb} {key} was asked with two bodies"
    told = {(notice.order_id, notice.kind, notice.audience, notice.key) for notice in world.journal.notices}
    for order_id, snapshot in world.snapshots.items():
        if world.given_up[order_id]:
            continue
        kinds = {(kind, audience) for of, kind, audience, _ in told if of == order_id}
        cancelled = snapshot.lifecycle in TAKEN_BACK and not ended_at_once(world, order_id)
        if cancelled and (NoticeKind.ORDER_CANCELLED, Audience.CHANNEL) not in kinds:
            yield f"the channel was not told that {order_id} is cancelled"
        for shipment in snapshot.shipments:
            key = f"{order_id}/order_shipped-channel/{shipment.shipment_id}"
            if (order_id, NoticeKind.ORDER_SHIPPED, Audience.CHANNEL, key) not in told and not _asked_again(told, key):
                yield f"the channel was not told of parcel {shipment.shipment_id}"


def _is_service(world: World, order_id: str, line_id: str) -> bool:
    """Whether no warehouse sends the line."""
    return not any(line.id == line_id and line.needs_shipping for line in world.orders[order_id].lines)


def _most_short(world: World, order_id: str) -> Counter[str]:
    """By line: of its articles the one most of which was reported missing, in units of the line."""
    most: Counter[str] = Counter()
    pieces: Counter[tuple[str, str]] = Counter()
    for event_id, missing in world.journal.short.items():
        if world.journal.events[event_id].order_id == order_id:
            pieces += missing
    for (line_id, _), quantity in pieces.items():
        most[line_id] = max(most[line_id], quantity)
    return most


def _asked_again(told: set[tuple[str, NoticeKind, Audience, str]], key: str) -> bool:
    return any(known.startswith(f"{key}~") for *_, known in told)
