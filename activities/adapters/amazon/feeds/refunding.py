"""Money given back by Amazon, which holds it: told by feed, broken down by item and by what it was paid for."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from activities.adapters.amazon.feeds.envelopes import ADJUSTMENT, XML, Adjusted, adjusted
from activities.adapters.amazon.feeds.sending import Feeds, Parcel
from activities.adapters.amazon.selling.orders import order_of
from models.errors import Refused
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from activities.adapters.amazon.selling.calling import Selling
    from activities.adapters.amazon.selling.options import AmazonOptions
    from models.order.document import OrderDocument
    from models.partners.asking import Done
    from models.partners.channels import ChannelRefund

_GENERAL = "GeneralAdjustment"


class _Share(NamedTuple):
    """What was paid for one thing of an item."""

    item_id: str
    kind: str
    paid: Money


async def refund(selling: Selling, feeds: Feeds, options: AmazonOptions, told: ChannelRefund) -> Done:
    """Have Amazon give money back, once; `reference` is the feed's id.

    Raises:
        Refused: Amazon's money was given back elsewhere, or it is more than was paid; or Amazon's own words.
        Unavailable: the feed is being processed; asking again goes on waiting for it.
        Uncertain: nobody can tell whether Amazon has the feed.
        PartnerError: it may be asked again.
    """
    if not told.held_by_channel:
        message = "holds the buyer's money, and keeps no note of what was given back elsewhere"
        raise Refused(selling.name, message, code="held_by_amazon")
    order = (await order_of(selling, told.external_id)).document(selling.name)
    items = shared_out(selling.name, told, order)
    reason = options.refund_reasons.get(told.reason, _GENERAL)
    reference = hashlib.sha256(told.key.encode()).hexdigest()[:20]
    document = adjusted(options.seller_id, told.external_id, items, reason, reference)
    return await feeds.send(Parcel(told.key, ADJUSTMENT, XML, document))


def shared_out(partner: str, told: ChannelRefund, order: OrderDocument) -> list[Adjusted]:
    """Share an amount out over what was paid for the goods named, or for all of the order.

    Raises:
        Refused: it is more than was paid for the whole order.
    """
    quantities = {line.line_id: line.quantity for line in told.lines}
    shares = [share for share in _paid(order) if share.item_id in quantities and share.kind != "Shipping"]
    if not shares or Money.sum_of((share.paid for share in shares), order.currency) < told.amount:
        # More than the goods named cost: postage is among it, or it is for no goods in particular.
        shares = list(_paid(order))
    if Money.sum_of((share.paid for share in shares), order.currency) < told.amount:
        raise Refused(partner, f"was paid {order.total}, less than {told.amount}", code="more_than_paid")
    amounts = told.amount.allocate([share.paid.amount for share in shares])
    parts: dict[str, list[tuple[str, Money]]] = defaultdict(list)
    for share, amount in zip(shares, amounts, strict=True):
        if amount:
            parts[share.item_id].append((share.kind, amount))
    return [Adjusted(item, kinds, quantities.get(item)) for item, kinds in parts.items()]


def _paid(order: OrderDocument) -> Iterator[_Share]:
    """What the buyer paid for each item; postage is put down to the first, since any item may carry it."""
    zero = Money.zero(order.currency)
    for line in order.lines:
        on_top = zero if order.taxes_included else Money.sum_of((tax.amount for tax in line.taxes), order.currency)
        yield _Share(line.id, "Principal", line.total - on_top)
        yield _Share(line.id, "Tax", on_top)
    postage = Money.sum_of((charge.total for charge in order.shipping), order.currency)
    yield _Share(order.lines[0].id, "Shipping", postage)
