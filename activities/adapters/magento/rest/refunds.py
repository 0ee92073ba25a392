"""Money given back, told to the shop as a credit memo over exactly that amount, found again by our key in its comment.

The shop works out what rows cost; what is given back may differ (a restocking fee, part of the postage). The difference
goes in as an adjustment. Adobe takes adjustments in the base currency and rounds every amount to two decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.magento.payload import NOTHING
from activities.adapters.magento.rest.orders import ShopOrder, item_id, order_of
from activities.adapters.magento.rest.shipments import Comment, Rows, written
from activities.adapters.storefront.amounts import MaybeAmount
from activities.adapters.storefront.once import once
from models.errors import Refused, Uncertain
from models.money import Money
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.magento.goods import Sold
    from activities.adapters.magento.rest.options import AdobeOptions
    from activities.adapters.magento.rest.shop import AdobeShop
    from models.partners.channels import ChannelRefund

_CENT = Decimal("0.01")
_PAID = 2
"""An invoice's state (`Magento_Sales`: 1 open, 2 paid, 3 cancelled)."""


class _CreditMemo(ChannelModel):
    entity_id: int
    grand_total: Decimal
    comments: Annotated[Sequence[Comment], Rows] = ()


class _Invoice(ChannelModel):
    entity_id: int
    state: int | None = None
    transaction_id: str | None = None
    grand_total: MaybeAmount = None
    base_grand_total: MaybeAmount = None
    base_total_refunded: MaybeAmount = None

    def covers(self, amount: Decimal) -> bool:
        """Whether so much, in the order's currency, can be given back the way it was paid."""
        whole, paid = self.base_grand_total or NOTHING, self.grand_total or NOTHING
        # What went back is told in the base currency only.
        left = paid - (self.base_total_refunded or NOTHING) * paid / whole if whole else NOTHING
        return self.state == _PAID and bool(self.transaction_id) and left.quantize(_CENT) >= amount


async def refund(shop: AdobeShop, options: AdobeOptions, told: ChannelRefund) -> Done:
    """Tell of a refund, once: the shop gives the money back itself where it holds it, else only notes it.

    Raises:
        Refused: nothing was paid that way, or the amount cannot be said in the shop.
        Uncertain: the shop gave back another amount.
        PartnerError: it may be asked again.
    """
    order = await order_of(shop, told.external_id)

    async def find() -> _CreditMemo | None:
        memos = await shop.all_of(_CreditMemo, "V1/creditmemos", order.of_this)
        return next((memo for memo in memos if any(each.bears(told.key) for each in memo.comments)), None)

    async def make() -> _CreditMemo:
        path, body = await _request(shop, options, told, order)
        number = await shop.ask(int, "POST", path, body)
        return await shop.ask(_CreditMemo, "GET", f"V1/creditmemo/{number}")

    memo = await once(find, make)
    if memo.grand_total != told.amount.major:
        message = f"has credit memo {memo.entity_id} over {memo.grand_total}, but {told.amount} were asked for"
        raise Uncertain(shop.name, message, code="other_amount")
    return Done(reference=str(memo.entity_id))


async def _request(
    shop: AdobeShop, options: AdobeOptions, told: ChannelRefund, order: ShopOrder
) -> tuple[str, dict[str, object]]:
    body: dict[str, object] = {
        "items": _items(shop, told, order),
        "notify": options.notify,
        "appendComment": False,
        "comment": written(told.reason, told.key),
        "arguments": _arguments(shop, told, order),
    }
    if not told.held_by_channel:
        return f"V1/order/{order.entity_id}/refund", body
    invoices = await shop.all_of(_Invoice, "V1/invoices", order.of_this)
    invoice = next((one for one in invoices if one.covers(told.amount.major)), None)
    if invoice is None:
        message = f"has no invoice paid online with {told.amount} left to give back"
        raise Refused(shop.name, message, code="no_invoice")
    return f"V1/invoice/{invoice.entity_id}/refund", body | {"isOnline": True}


def _items(shop: AdobeShop, told: ChannelRefund, order: ShopOrder) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"order_item_id": item_id(shop, line), "qty": line.quantity}
        for line in told.lines
        if _priced(order, line.line_id)
    ]
    # No rows at all would mean every row: one with a quantity of none says that it is for none of them.
    first = next(iter(order.goods.values()))
    return rows or [{"order_item_id": int(first.payer.item.item_id or 0), "qty": 0}]


def _priced(order: ShopOrder, line_id: str) -> Sold | None:
    # Goods of a bundle that is paid for as one have no price to give back of their own: for them the amount speaks.
    one = order.goods.get(line_id)
    return one if one is not None and len(one.weights) == 1 else None


def _arguments(shop: AdobeShop, told: ChannelRefund, order: ShopOrder) -> dict[str, object]:
    amount, currency = told.amount.major, told.amount.currency
    read = order.order
    if currency != read.order_currency_code:
        raise Refused(shop.name, f"has the order in {read.order_currency_code}, not in {currency}", code="currency")
    if amount != amount.quantize(_CENT):
        raise Refused(shop.name, f"keeps two decimals, too few for {told.amount}", code="decimals")
    rows = (_cost(one, line.quantity, currency) for line in told.lines if (one := _priced(order, line.line_id)))
    difference = told.amount - Money.sum_of(rows, currency)
    if difference and read.base_currency_code not in {None, currency}:
        message = (
            f"takes adjustments in {read.base_currency_code} only, and {difference} differ from what the rows cost"
        )
        raise Refused(shop.name, message, code="currency")
    arguments: dict[str, object] = {"shipping_amount": 0}
    if difference:
        side = "adjustment_positive" if difference.amount > 0 else "adjustment_negative"
        arguments[side] = float(abs(difference.major))
    return arguments


def _cost(one: Sold, quantity: int, currency: str) -> Money:
    """What the shop gives back for so many of a row: each of its sums by quantity, rounded for itself."""
    item, ordered = one.payer.item, one.payer.ordered
    parts = (
        item.row_total or NOTHING,
        item.tax_amount or NOTHING,
        item.compensation,
        item.weee_tax_applied_row_amount or NOTHING,
        -(item.discount_amount or NOTHING),
    )
    return Money.sum_of((Money.rounded(part * quantity / ordered, currency) for part in parts), currency)
