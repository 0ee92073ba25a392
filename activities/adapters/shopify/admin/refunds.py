"""Refunds at Shopify: of money, found again by their note; of goods without money, which is how a part is cancelled.

What Shopify does not hold, it only notes: in a metafield of the order, exact to the minor unit, which is written over
with itself when it is told again.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.shopify.admin.documents import DELIVERED, MONEY, NOTE, REFUND
from activities.adapters.shopify.admin.graphql import UserError
from activities.adapters.shopify.admin.lines import Identified
from activities.adapters.shopify.admin.numbers import gid, number
from activities.adapters.shopify.admin.payments import Transaction, share_out
from activities.adapters.storefront.once import once
from activities.adapters.storefront.references import idempotency_key, is_marked, marked, reference
from activities.adapters.storefront.shapes import Items
from models.errors import Refused, Uncertain
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.shopify.admin.graphql import ShopifyGraphql
    from activities.adapters.shopify.admin.options import ShopifyOptions
    from models.partners.channels import ChannelCancellation, ChannelRefund

_NOTE_MAX = 1000
_FAILED = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
_KEYS_MAX = 5
"""An attempt that failed at Shopify spoils its key for good; so many are tried before a person is asked."""


class _Refund(ChannelModel):
    id: str
    note: str | None = None


class Account(ChannelModel):
    """What an order's books at Shopify say."""

    currency: str = Field(alias="currencyCode")
    presentment: str = Field(alias="presentmentCurrencyCode")
    refunds: tuple[_Refund, ...] = ()
    transactions: tuple[Transaction, ...] = ()


class _Money(ChannelModel):
    order: Account | None = None


class _Made(ChannelModel):
    refund: Identified | None = None
    errors: Annotated[tuple[UserError, ...], Items, Field(alias="userErrors")] = ()


class _Making(ChannelModel):
    made: _Made = Field(alias="refundCreate")


class _Delivered(ChannelModel):
    id: str = ""
    refundable: int = Field(0, alias="refundableQuantity")
    unsent: int = Field(0, alias="unfulfilledQuantity")


class _Lines(ChannelModel):
    nodes: tuple[_Delivered | None, ...]


class _Noted(ChannelModel):
    metafields: Annotated[tuple[Identified, ...], Items] = ()
    errors: Annotated[tuple[UserError, ...], Items, Field(alias="userErrors")] = ()


class _Noting(ChannelModel):
    noted: _Noted = Field(alias="metafieldsSet")


class Refunds:
    """Tells one shop what is given back."""

    def __init__(self, shop: ShopifyGraphql, options: ShopifyOptions) -> None:
        """Speak to this shop."""
        self._shop = shop
        self._options = options

    async def tell(self, update: ChannelRefund) -> Done:
        """See that the money goes back, or is noted, once.

        Raises:
            Refused: there is no such order, or Shopify does not hold so much of it, or not in this currency.
            Uncertain: Shopify has something else under this key.
            PartnerError: it was not done: asking again is safe.
        """
        if not update.held_by_channel:
            return await self._note(update)
        return await once(partial(self._find, update), partial(self._give_back, update))

    async def take_out(self, update: ChannelCancellation) -> Done:
        """See that a part will not be delivered, once; no money is moved.

        Raises:
            Refused: there is no such order, or so much of it is not left.
            PartnerError: it was not done: asking again is safe.
        """
        return await once(partial(self._find, update), partial(self._take_out, update))

    async def _account(self, update: ChannelCancellation | ChannelRefund) -> Account:
        id_ = gid(self._shop.name, "Order", update.external_id)
        order = (await self._shop.ask(MONEY, _Money, id=id_)).order
        if order is None:
            raise Refused(self._shop.name, f"has no order {update.external_id}", code="not_found")
        return order

    async def _find(self, update: ChannelCancellation | ChannelRefund) -> Done | None:
        account = await self._account(update)
        return next((Done(reference=each.id) for each in account.refunds if is_marked(each.note, update.key)), None)

    async def _take_out(self, update: ChannelCancellation) -> Done:
        account = await self._account(update)
        location = gid(self._shop.name, "Location", self._options.location)
        goods = [
            {
                "lineItemId": gid(self._shop.name, "LineItem", line.line_id),
                "quantity": line.quantity,
                "restockType": "CANCEL",
                "locationId": location,
            }
            for line in update.lines
        ]
        return await self._make(update, account, {"refundLineItems": goods, "transactions": []})

    async def _give_back(self, update: ChannelRefund) -> Done:
        account = await self._account(update)
        if update.amount.currency != account.presentment:
            said = f"gives back {account.presentment} for this order, not {update.amount.currency}"
            raise Refused(self._shop.name, said, code="currency")
        shares = share_out(self._shop.name, account.transactions, update.amount)
        order = gid(self._shop.name, "Order", update.external_id)
        money = [
            {
                "orderId": order,
                "parentId": paid.id,
                "gateway": paid.gateway or "",
                "kind": "REFUND",
                "amount": str(share.major),
            }
            for paid, share in shares
        ]
        return await self._make(
            update, account, {"refundLineItems": await self._returned(update), "transactions": money}
        )

    async def _returned(self, update: ChannelRefund) -> list[dict[str, object]]:
        """The goods among those named that were delivered; what is still to be sent stays so."""
        ids = [gid(self._shop.name, "LineItem", line.line_id) for line in update.lines]
        if not ids:
            return []
        nodes = (await self._shop.ask(DELIVERED, _Lines, ids=ids)).nodes
        delivered = {number(node.id): node.refundable - node.unsent for node in nodes if node is not None and node.id}
        return [
            {"lineItemId": id_, "quantity": quantity, "restockType": "NO_RESTOCK"}
            for line, id_ in zip(update.lines, ids, strict=True)
            if (quantity := min(line.quantity, delivered.get(line.line_id, 0))) > 0
        ]

    async def _make(
        self, update: ChannelCancellation | ChannelRefund, account: Account, what: dict[str, object]
    ) -> Done:
        input_ = {
            "orderId": gid(self._shop.name, "Order", update.external_id),
            "note": marked(update.reason, update.key, _NOTE_MAX),
            "notify": self._options.notify,
            **what,
        }
        if account.presentment != account.currency:
            input_["currency"] = account.presentment
        for attempt in range(_KEYS_MAX):
            key = idempotency_key(update.key, attempt)
            try:
                made = (await self._shop.ask(REFUND, _Making, input=input_, key=key)).made
            except Uncertain as error:
                if error.code == _FAILED:
                    continue
                raise
            self._shop.accepted(made.errors)
            if made.refund is None:
                raise self._shop.nonsense("a refund was made, and none is shown")
            return Done(reference=made.refund.id)
        raise Uncertain(self._shop.name, "has failed at this refund too often", code=_FAILED)

    async def _note(self, update: ChannelRefund) -> Done:
        await self._account(update)
        value = {
            "amount": str(update.amount.major),
            "currency": update.amount.currency,
            "reason": update.reason,
            "lines": [{"line": line.line_id, "quantity": line.quantity} for line in update.lines],
        }
        field = {
            "ownerId": gid(self._shop.name, "Order", update.external_id),
            "namespace": self._options.namespace,
            "key": f"refund_{reference(update.key)}",
            "type": "json",
            "value": json.dumps(value, ensure_ascii=False),
        }
        noted = (await self._shop.ask(NOTE, _Noting, metafields=[field])).noted
        self._shop.accepted(noted.errors)
        if not noted.metafields:
            raise self._shop.nonsense("a note was made, and none is shown")
        return Done(reference=noted.metafields[0].id)
