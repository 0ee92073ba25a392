"""Parcels that we told a WooCommerce shop of: WooCommerce knows none, so that each is kept as a note on the order.

One entry of the order's `meta_data` a parcel, under a name of its own: written twice it is the same one. An order that
comes back to us, by webhook or by poll, says so what of it was sent.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from activities.adapters.storefront.references import reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.woocommerce.payload import Meta
    from models.partners.channels import ChannelFulfilment

_PREFIX = "_orderloom_parcel_"


def name_of(update: ChannelFulfilment) -> str:
    """The entry's name."""
    return f"{_PREFIX}{reference(update.key)}"


def written(update: ChannelFulfilment) -> str:
    """The entry's text: carrier, number and goods."""
    goods = Counter[str]()
    for line in update.lines:
        goods[line.line_id] += line.quantity
    said = {"carrier": update.carrier, "tracking_number": update.tracking_number, "lines": goods}
    return json.dumps(said, ensure_ascii=False)


def sent(notes: Iterable[Meta]) -> Counter[str]:
    """How many of each line have left, by all the entries; what cannot be read was not written by us."""
    counted = Counter[str]()
    for note in notes:
        if (note.key or "").startswith(_PREFIX) and isinstance(note.value, str):
            counted.update(_lines(note.value))
    return counted


def _lines(text: str) -> dict[str, int]:
    try:
        lines = json.loads(text)["lines"]
        return {line: quantity for line, quantity in lines.items() if isinstance(quantity, int) and quantity > 0}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
