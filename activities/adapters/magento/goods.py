"""Which rows of an order are goods, and which row of money pays for each.

A configurable product is a parent with the price and one child without: the child's SKU is sold at the parent's price,
under the parent's id. A bundle is a parent and the goods in it. With a dynamic price the children carry it and the
parent only repeats the sum; with a fixed price the parent carries it, and it is shared out over the children by what
they usually cost, or by their number where that is not said. A parent without children is sold as it stands.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from models.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.magento.payload import Item, MagentoOrder

_LARGEST = 1_000_000
_FINISHED = {"complete", "closed", "canceled"}


@dataclass(frozen=True)
class Row:
    """A row of the order and where it stands in the payload."""

    item: Item
    at: str

    def number(self, field: str, value: Decimal | None) -> Decimal:
        """A quantity; none said is none.

        Raises:
            InvalidInput: negative, beyond any order, or not whole.
        """
        number = value or Decimal(0)
        at = f"{self.at}/{field}"
        if not 0 <= number <= _LARGEST:
            raise InvalidInput.at(at, "quantity", f"{number.normalize():f} is no quantity we can deliver")
        if number != number.to_integral_value():
            message = f"{number.normalize():f} is not a whole number: goods sold by weight or length cannot be read"
            raise InvalidInput.at(at, "quantity", message)
        return number

    @property
    def ordered(self) -> Decimal:
        """How many were ordered."""
        return self.number("qty_ordered", self.item.qty_ordered)

    @property
    def taken_away(self) -> Decimal:
        """How many were cancelled, or refunded without having been sent."""
        shipped = self.number("qty_shipped", self.item.qty_shipped)
        refunded = self.number("qty_refunded", self.item.qty_refunded)
        return max(refunded - shipped, Decimal(0)) + self.number("qty_canceled", self.item.qty_canceled)

    @property
    def settled(self) -> Decimal:
        """How many the shop has sent, cancelled or refunded, counted as Magento counts what is left to ship."""
        shipped = self.number("qty_shipped", self.item.qty_shipped)
        refunded = self.number("qty_refunded", self.item.qty_refunded)
        return max(shipped, refunded) + self.number("qty_canceled", self.item.qty_canceled)


@dataclass(frozen=True)
class Sold:
    """An article that was sold, and the row (or the share of a row) that it was paid with."""

    article: Row
    payer: Row
    weights: tuple[int, ...] = (1,)
    share: int = 0
    """Which of the payer's shares is this article's."""

    @property
    def id(self) -> str | None:
        """What Magento calls the line: its shipments name the row that was paid, unless several share it."""
        return (self.payer if len(self.weights) == 1 else self.article).item.item_id

    def quantity(self) -> int:
        """How many were ordered.

        Raises:
            InvalidInput: none, or not a whole number.
        """
        number = self.article.ordered
        if number < 1:
            raise InvalidInput.at(f"{self.article.at}/qty_ordered", "quantity", "none of it was ordered")
        return int(number)

    def finished(self, state: str | None) -> int:
        """How many are no longer ours to deliver.

        Magento notes on the parent what happens to a parent with its children, and on the child what happens to the
        child alone: the further of the two counts.
        """
        ordered = self.article.ordered
        if state in _FINISHED:
            return int(ordered)
        with_parent = Decimal(0)
        if self.payer is not self.article and self.payer.ordered:
            with_parent = self.payer.settled * ordered // self.payer.ordered
        return int(min(ordered, max(self.article.settled, with_parent)))

    def sent(self, state: str | None) -> int:
        """Of those that are `finished`, how many were sent, or are done with otherwise than by being taken away.

        What Magento calls complete without saying what became of each piece, such as downloads, counts as sent.
        """
        if state == "canceled":
            return 0
        taken = self.article.taken_away
        if self.payer is not self.article and self.payer.ordered:
            taken = max(taken, self.payer.taken_away * self.article.ordered // self.payer.ordered)
        return max(self.finished(state) - int(taken), 0)


def sold(order: MagentoOrder, at: str) -> list[Sold]:
    """Find the goods of an order.

    Args:
        order: as read.
        at: pointer to the order in the payload.

    Raises:
        InvalidInput: the order has no rows.
    """
    rows = [Row(item, f"{at}/items/{index}") for index, item in enumerate(order.items)]
    if not rows:
        raise InvalidInput.at(f"{at}/items", "no_items", "the order names no items")
    by_id = {row.item.item_id: row for row in rows if row.item.item_id}
    children: dict[str, list[Row]] = defaultdict(list)
    tops: list[Row] = []
    for row in rows:
        parent = _parent(row, by_id)
        if parent is None:
            tops.append(row)
        elif parent.item.item_id:
            children[parent.item.item_id].append(row)
            if parent not in tops and parent.item.item_id not in by_id:
                by_id[parent.item.item_id] = parent
                tops.append(parent)
    return [found for top in tops for found in _sold(top, children.get(top.item.item_id or "", []))]


def _parent(row: Row, by_id: dict[str, Row]) -> Row | None:
    item = row.item
    embedded = item.parent_item
    name = item.parent_item_id or (embedded.item_id if embedded else None)
    if not name:
        return None
    if name in by_id:
        return by_id[name] if by_id[name] is not row else None
    # The parent may come inside the child only.
    return Row(embedded, f"{row.at}/parent_item") if embedded and embedded.item_id else None


def _sold(parent: Row, children: Sequence[Row]) -> list[Sold]:
    if not children:
        return [Sold(parent, parent)]
    pays_itself = parent.item.product_type == "configurable" and parent.item.row_total
    if not pays_itself and any(child.item.row_total for child in children):
        return [Sold(child, child) for child in children]
    weights = tuple(_weight(child) for child in children)
    if not any(weights):
        weights = tuple(int(child.ordered) for child in children)
    return [Sold(child, parent, weights, share) for share, child in enumerate(children)]


def _weight(child: Row) -> int:
    price = child.item.original_price or Decimal(0)
    return max(0, int(price * 10_000 * child.ordered))
