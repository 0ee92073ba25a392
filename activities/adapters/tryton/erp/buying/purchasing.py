"""What is bought: requisitions, which purchasing turns into purchases, and purchases from suppliers who send for us."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.selling.sales import sale_named
from activities.adapters.tryton.wire import Read
from models.errors import Refused, Transient
from models.partners.asking import Done, Undone
from models.partners.transfers import RequisitionAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.adapters.tryton.erp.masters import Masters, Product
    from activities.adapters.tryton.erp.options import ErpOptions
    from activities.adapters.tryton.keeping import Keeping
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values
    from models.partners.asking import Undo
    from models.partners.purchasing import DropShipOrder
    from models.partners.transfers import PurchaseRequisition

_REQUISITION, _PURCHASE, _AMENDMENT = "purchase.requisition", "purchase.purchase", "purchase.amendment"
_APPROVED = frozenset({"approved", "processing", "done"})
_NOT_BOUGHT = frozenset({"service", "kit"})


class _Address(Read):
    pass


class _Party(Read):
    name: str
    addresses: list[_Address]


class _Requisition(Read):
    number: str | None
    state: str


class _Move(Read):
    state: str


class _Line(Read):
    product: int | None
    quantity: float | None
    unit: int | None
    unit_price: Decimal | None


class _Purchase(Read):
    number: str | None
    state: str
    moves: list[_Move]
    lines: list[_Line]


class _Cost(Read):
    cost_price: Decimal | None


class Purchasing:
    """Purchases and requisitions."""

    def __init__(self, rest: Rest, options: ErpOptions, masters: Masters, keeping: Keeping) -> None:
        """Write them into this database."""
        self._rest = rest
        self._options = options
        self._masters = masters
        self._keeping = keeping

    async def requisition(self, asked: PurchaseRequisition) -> RequisitionAnswer:
        """Ask purchasing to buy, in the name of the employee it is configured with; approved at once.

        Raises:
            Refused: ``unknown_item``, ``unknown_unit``, ``unknown_node``, ``unknown_supplier``.
        """
        number = await self._keeping.make(_REQUISITION, asked.key, lambda: self._wanted(asked), "description")
        for action in ("wait", "approve"):
            await self._rest.step(_REQUISITION, number, action)
        answer = await self.requisitioned(asked)
        if answer is None:
            raise Transient(self._rest.partner, "the requisition is not approved yet")
        await self._keeping.release(asked.key)
        return answer

    async def requisitioned(self, asked: PurchaseRequisition) -> RequisitionAnswer | None:
        """Look an approved requisition up by its key."""
        where = [["description", "=", asked.key], ["state", "in", sorted(_APPROVED)]]
        found = await self._rest.first(_REQUISITION, _Requisition, where)
        return RequisitionAnswer(reference=found.number) if found is not None and found.number else None

    async def order(self, order: DropShipOrder) -> Done:
        """Order from a supplier who sends for us; the purchase names the sale it is for.

        Raises:
            Refused: ``unknown_order``, ``unknown_supplier``, ``unknown_item``.
        """
        number = await self._keeping.make(_PURCHASE, order.key, lambda: self._purchase(order))
        for action in ("quote", "confirm"):
            await self._rest.step(_PURCHASE, number, action)
        done = await self.ordered(order)
        if done is None:
            raise Transient(self._rest.partner, "the purchase is not confirmed yet")
        await self._keeping.release(order.key)
        return done

    async def ordered(self, order: DropShipOrder) -> Done | None:
        """Look a confirmed purchase up by its key."""
        where = [["reference", "=", order.key], ["state", "not in", ["draft", "quotation"]]]
        found = await self._rest.first(_PURCHASE, _Purchase, where)
        return Done(reference=found.number) if found is not None and found.number else None

    async def cancel(self, undo: Undo) -> Undone:
        """Cancel a purchase; one that Tryton works on is amended to nothing.

        Raises:
            Refused: ``already_sent``: the supplier has sent it.
        """
        found = await self._rest.find(_PURCHASE, _Purchase, [["reference", "=", undo.key]])
        for purchase in found:
            if any(move.state == "done" for move in purchase.moves):
                raise Refused(self._rest.partner, f"{purchase.number} has been sent", code="already_sent")
            if purchase.state in {"draft", "quotation"}:
                await self._rest.step(_PURCHASE, purchase.id, "cancel")
            elif purchase.state != "cancelled" and any(line.quantity for line in purchase.lines):
                await self._amend(purchase, undo)
        return Undone(happened=bool(found))

    async def _amend(self, purchase: _Purchase, undo: Undo) -> None:
        if purchase.state == "confirmed":
            await self._rest.step(_PURCHASE, purchase.id, "process")
        lines = [
            {
                "action": "line",
                "line": line.id,
                "product": line.product,
                "quantity": 0.0,
                "unit": line.unit,
                "unit_price": line.unit_price,
            }
            for line in purchase.lines
        ]
        told = f"Cancelled: {undo.reason}"[:200]
        values: Values = {"purchase": purchase.id, "description": told, "lines": [["create", lines]]}
        made = await self._rest.create(_AMENDMENT, Read, values)
        await self._rest.step(_AMENDMENT, made.id, "validate_amendment")

    async def _wanted(self, asked: PurchaseRequisition) -> Values:
        product = (await self._masters.products([asked.sku]))[asked.sku]
        own = product.default_uom.code
        per = product.per(asked.unit or own)
        if product.type in _NOT_BOUGHT:
            raise Refused(self._rest.partner, f"cannot be bought: {asked.sku}", code="unknown_item")
        if asked.unit not in {None, own} and per == 1:
            raise Refused(self._rest.partner, f"{asked.sku} is not bought in {asked.unit}", code="unknown_unit")
        code = asked.supplier or self._options.requisition_supplier
        line: Values = {
            "product": product.id,
            "unit": product.default_uom.id,
            "quantity": float(asked.quantity * per),
            "supplier": (await self._supplier(code)).id if code else None,
            "description": asked.reason,
        }
        return {
            "company": self._options.company,
            "employee": self._options.employee,
            "warehouse": (await self._masters.warehouse(asked.node)).id,
            "currency": (await self._masters.own_currency()).id,
            "supply_date": asked.needed_by.date() if asked.needed_by else _today(),
            "lines": [["create", [line]]],
        }

    async def _purchase(self, order: DropShipOrder) -> Values:
        sale = await sale_named(self._rest, order.sales_order, order.order_id)
        supplier = await self._supplier(order.supplier)
        products = await self._masters.products(line.sku for line in order.lines)
        costs = await self._costs(products)
        lines = [
            {
                "type": "line",
                "product": products[line.sku].id,
                "unit": products[line.sku].default_uom.id,
                "quantity": float(line.quantity),
                "unit_price": costs[products[line.sku].id],
                "note": notes.written({notes.LINE: line.line_id}),
            }
            for line in order.lines
        ]
        return {
            "party": supplier.id,
            "invoice_address": supplier.addresses[0].id if supplier.addresses else None,
            "company": self._options.company,
            "currency": (await self._masters.own_currency()).id,
            "payment_term": await self._masters.term(0),
            "warehouse": (await self._masters.warehouse(order.supplier)).id,
            "description": f"For {sale.number}",
            "comment": notes.written({notes.ORDER: order.order_id, **_where_to(order)}),
            "delivery_date": order.ship_by.date() if order.ship_by else None,
            "invoice_method": "manual",
            "lines": [["create", lines]],
        }

    async def _supplier(self, code: str) -> _Party:
        found = await self._rest.first("party.party", _Party, [["code", "=", code]])
        found = found or await self._rest.first("party.party", _Party, [["name", "=", code]])
        if found is None:
            raise Refused(self._rest.partner, f"there is no supplier {code}", code="unknown_supplier")
        return found

    async def _costs(self, products: Mapping[str, Product]) -> dict[int, Decimal]:
        where = [["id", "in", [product.id for product in products.values()]]]
        found = await self._rest.find("product.product", _Cost, where)
        return {one.id: one.cost_price or Decimal() for one in found}


def _where_to(order: DropShipOrder) -> dict[str, str]:
    """Tell the supplier where to send it: Tryton lets no key set the field that is for it."""
    address = order.ship_to
    if address is None:
        return {}
    parts = (address.company, address.name, *address.lines, address.postal_code, address.city, address.country)
    return {"ship_to": ", ".join(part for part in parts if part)}


def _today() -> date:
    return datetime.now(UTC).date()
