"""From which payments of an order money goes back: each gives at most what is left of it, the first first."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.shopify.admin.lines import Identified
from activities.adapters.storefront.amounts import Amount
from models.errors import Refused
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAID = {"SALE", "CAPTURE"}
_GONE = {"SUCCESS", "PENDING", "AWAITING_RESPONSE"}
"""A refund that is on its way counts as gone."""


class Sum(ChannelModel):
    """An amount in one currency, in major units."""

    amount: Amount
    currency: str = Field(alias="currencyCode")


class BothSums(ChannelModel):
    """One amount as the customer saw it and as the shop's books have it."""

    shown: Sum = Field(alias="presentmentMoney")
    shop: Sum = Field(alias="shopMoney")


class Transaction(ChannelModel):
    """A movement of money in an order."""

    id: str
    kind: str
    status: str
    gateway: str | None = None
    parent: Identified | None = Field(None, alias="parentTransaction")
    sums: BothSums = Field(alias="amountSet")


def share_out(channel: str, transactions: Sequence[Transaction], amount: Money) -> list[tuple[Transaction, Money]]:
    """Say which payment gives back how much.

    Raises:
        Refused: all of them together do not hold so much.
    """
    given: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in transactions:
        if each.kind == "REFUND" and each.status in _GONE and each.parent is not None:
            given[each.parent.id] += each.sums.shown.amount
    shares, left = [], amount
    for each in transactions:
        if not left or each.kind not in _PAID or each.status != "SUCCESS":
            continue
        held = Money.rounded(each.sums.shown.amount - given[each.id], amount.currency)
        share = min(held, left, key=lambda money: money.amount)
        if share.amount > 0:
            shares.append((each, share))
            left = left - share
    if left:
        held = amount - left
        raise Refused(channel, f"holds {held} of this order, and {amount} was to be given back", code="not_held")
    return shares
