"""A cashier at a Tryton's till: rings goods up, takes the money, closes the sale; for demonstrations and tests."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from activities.adapters.tryton.wire import Read
from ops.partners.tryton.contents.pos_set_up import GROSS, NET

if TYPE_CHECKING:
    from activities.adapters.tryton.rest import Rest

_SALE = "sale.point.sale"


class Bought(NamedTuple):
    """So many of an article; fewer than none are brought back."""

    sku: str
    quantity: int
    net: Decimal = NET
    """Of each piece, without tax."""
    gross: Decimal = GROSS
    """The same with tax."""


class Rung(Read):
    """A sale as it stands."""

    number: str | None
    state: str
    total: Decimal
    lines: list[int]


class _Any(Read):
    pass


class Cashier:
    """Works at one till."""

    def __init__(self, rest: Rest, company: int, till: str) -> None:
        """Work with this key's rights, at the till of this name."""
        self._rest = rest
        self._company = company
        self._till = till

    async def sell(self, *goods: Bought, method: str = "Cash") -> Rung:
        """Sell goods, paid to the cent.

        Args:
            goods: what is bought.
            method: how it is paid, as the till calls it.

        Raises:
            PartnerError: Tryton refuses it, or cannot be reached.
        """
        rung = await self.ring_up(*goods)
        await self.pay(rung, rung.total, method)
        return await self.close(rung)

    async def ring_up(self, *goods: Bought) -> Rung:
        """Write up what is bought."""
        lines = [
            {
                "product": await self._number("product.product", "code", one.sku),
                "quantity": float(one.quantity),
                "unit_list_price": one.net,
                "unit_gross_price": one.gross,
            }
            for one in goods
        ]
        till = await self._number("sale.point", "name", self._till)
        values = {"company": self._company, "point": till, "lines": [["create", lines]]}
        return await self._rest.create(_SALE, Rung, values)

    async def pay(self, rung: Rung, amount: Decimal, method: str) -> None:
        """Take money; less than none is change."""
        by = await self._number("sale.point.payment.method", "name", method)
        await self._rest.create("sale.point.payment", _Any, {"sale": rung.id, "method": by, "amount": amount})

    async def close(self, rung: Rung) -> Rung:
        """Close a sale that is paid, and post it: the goods leave the shop's books, the money enters them."""
        for action in ("process", "post"):
            await self._rest.act(_SALE, rung.id, action)
        found = await self._rest.get(_SALE, Rung, rung.id)
        return rung if found is None else found

    async def _number(self, model: str, field: str, value: str) -> int:
        found = await self._rest.first(model, _Any, [[field, "=", value]])
        if found is None:
            message = f"there is no {model} {value}"
            raise LookupError(message)
        return found.id
