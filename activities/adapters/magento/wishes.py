"""What shoppers wrote for a Magento order or for one article in it: greetings, engravings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.storefront import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from activities.adapters.magento.goods import Sold
    from activities.adapters.magento.payload import GiftMessage, Item, MagentoOrder


def instructions(order: MagentoOrder, sold: Sequence[Sold]) -> str | None:
    """All of it, for the warehouse; what was typed for a parent counts for the article that is sold as it."""
    extension = order.extension_attributes
    wishes = [*_greeting(extension.gift_message if extension else None)]
    for each in sold:
        rows = {id(row.item): row.item for row in (each.article, each.payer)}
        named = text.line(each.article.item.sku) or text.line(each.article.item.name) or "item"
        wishes += (f"{named}: {wish}" for item in rows.values() for wish in _of(item))
    return text.note("\n".join(dict.fromkeys(wishes)))


def _of(item: Item) -> Iterator[str]:
    options = item.product_option.extension_attributes if item.product_option else None
    for option in options.custom_options if options else ():
        if value := text.line(option.option_value):
            yield f"option {text.line(option.option_id) or '?'}: {value}"
    yield from _greeting(item.extension_attributes.gift_message if item.extension_attributes else None)


def _greeting(message: GiftMessage | None) -> Iterator[str]:
    if message is None or not (said := text.line(message.message)):
        return
    sender, recipient = text.line(message.sender), text.line(message.recipient)
    between = " ".join(
        part for part in (f"from {sender}" if sender else "", f"to {recipient}" if recipient else "") if part
    )
    yield f"gift message {between}: {said}" if between else f"gift message: {said}"
