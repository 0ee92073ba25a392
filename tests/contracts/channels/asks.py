"""What channels are told in the contract suite."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from models.ids import effect_key, order_id
from models.money import Money
from models.partners.channels import ChannelCancellation, ChannelFulfilment, ChannelLine, ChannelRefund
from models.policy.stock.publishing import batch_of
from models.stock.publication import Offer, OfferBatch
from tests.contracts.channels.books import Placed, lines_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_NUMBERS = count(1)


def parcel(channel: str, placed: Placed, *quantities: int, number: int | None = None, **changes: str):
    """A parcel with so many of each line, the first line first."""
    number = next(_NUMBERS) if number is None else number
    told = {"carrier": "DHL", "tracking_number": f"JD0146{number:08}", "node": "berlin", **changes}
    order = order_id(channel, placed.external_id)
    return ChannelFulfilment(
        key=effect_key(order, "channel-fulfilment", str(number)),
        order_id=order,
        channel=channel,
        external_id=placed.external_id,
        shipment_id=f"S-{number}",
        lines=_lines(placed, quantities),
        shipped_at=NOON,
        **told,
    )


def cancellation(channel: str, placed: Placed, *quantities: int, reason: str = "sold out"):
    """So many of each line will not be delivered; of the whole order where no line is named."""
    order = order_id(channel, placed.external_id)
    whole = not quantities
    meant = tuple(wanted.quantity for wanted in placed.wanted) if whole else quantities
    return ChannelCancellation(
        key=effect_key(order, "channel-cancellation", str(next(_NUMBERS))),
        order_id=order,
        channel=channel,
        external_id=placed.external_id,
        lines=_lines(placed, meant),
        whole=whole,
        reason=reason,
    )


def refund(channel: str, placed: Placed, amount: int, *quantities: int, held: bool = True, reason: str = "returned"):
    """So many minor units go back, for goods or for none in particular."""
    order = order_id(channel, placed.external_id)
    return ChannelRefund(
        key=effect_key(order, "channel-refund", str(next(_NUMBERS))),
        order_id=order,
        channel=channel,
        external_id=placed.external_id,
        amount=Money(amount=amount, currency=placed.currency),
        lines=_lines(placed, quantities),
        held_by_channel=held,
        reason=reason,
    )


def offers(channel: str, *said: tuple[str, int, int]) -> OfferBatch:
    """Each is an article, how many may be sold, and the version."""
    return batch_of(
        channel, [Offer(sku=sku, quantity=quantity, version=v, changed_at=NOON) for sku, quantity, v in said]
    )


def _lines(placed: Placed, quantities: tuple[int, ...]) -> tuple[ChannelLine, ...]:
    return tuple(
        ChannelLine(line_id=line, sku=sku, quantity=quantity) for line, sku, quantity in lines_of(placed, quantities)
    )
