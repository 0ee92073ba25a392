"""The sandbox ERP: articles, accounts, sales orders and invoices; what is bought is in `purchasing`."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import Response

from activities.adapters.sandbox.wire import Receipt
from models.catalogue import Item
from models.money import Money
from models.partners.asking import Done, Undo, Undone
from models.partners.erp import (
    CataloguePage,
    CreditAnswer,
    CreditEnquiry,
    CreditMemo,
    Invoice,
    ItemAnswer,
    ItemEnquiry,
    SalesOrder,
    SalesOrderChange,
)
from ops.sandbox.goods import load_goods
from ops.sandbox.office.credit import Credit
from ops.sandbox.office.order_changes import changed_order
from ops.sandbox.office.purchasing import PurchaseDials, Purchasing
from ops.sandbox.serving.counter import Taken
from ops.sandbox.serving.dials import Dials
from ops.sandbox.serving.problems import Refusal
from ops.sandbox.serving.service import Options, Service

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

_ORDER = "sales_order"
_INVOICE = "invoice"
_MEMO = "credit_memo"
_PAGE = 20


class Erp(Service):
    """Keeps a sales order as its quantities by line, ordered and invoiced."""

    dials: ClassVar[type[Dials]] = PurchaseDials

    def __init__(self, options: Options) -> None:
        """Read the goods, and open the books."""
        super().__init__(options)
        self._goods = load_goods(options.goods)
        self._items = {
            article.sku: Item.model_validate(article.model_dump(exclude={"on_hand"}))
            for article in sorted(self._goods.items, key=lambda article: article.sku)
        }
        self._accounts = {account.id: account for account in self._goods.customers}
        self._open = Credit(self.records)
        self._purchasing = Purchasing(self, self._goods, self._items)

    async def close(self) -> None:
        """Close its connections and its memory."""
        await self._purchasing.close()
        await super().close()

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        counter = self.counter
        return [
            counter.route("/items", "GET", "catalogue", self._catalogue),
            counter.question("/items/enquiries", "items", ItemEnquiry, self._look_up),
            counter.question("/credit/enquiries", "credit", CreditEnquiry, self._credit),
            counter.effect(
                "/orders", "create_order", SalesOrder, Receipt[Done], act=self._create, amount=lambda order: order.total
            ),
            counter.effect(
                "/orders/change",
                "change_order",
                SalesOrderChange,
                Receipt[Done],
                act=self._change,
                amount=lambda change: change.total,
            ),
            counter.undo(
                "/orders/cancellation",
                "cancel_order",
                Undo,
                Receipt[Undone],
                act=self._cancel,
                never=Undone(happened=False),
            ),
            counter.effect(
                "/invoices",
                "post_invoice",
                Invoice,
                Receipt[Done],
                act=self._invoice,
                amount=lambda invoice: invoice.total,
            ),
            counter.effect(
                "/credit-memos",
                "credit_memo",
                CreditMemo,
                Receipt[Done],
                act=self._credit_memo,
                amount=lambda memo: memo.total,
            ),
            *self._purchasing.routes(),
        ]

    async def _catalogue(self, request: Request) -> Response:
        cursor = request.query_params.get("cursor", "")
        rest = [item for sku, item in self._items.items() if sku > cursor]
        page = CataloguePage(items=tuple(rest[:_PAGE]), next_cursor=rest[_PAGE - 1].sku if len(rest) > _PAGE else None)
        return Response(page.model_dump_json(), HTTPStatus.OK, media_type="application/json")

    def _look_up(self, enquiry: ItemEnquiry) -> ItemAnswer:
        return ItemAnswer(items=tuple(self._items[sku] for sku in enquiry.skus if sku in self._items))

    def _credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        currency = enquiry.amount.currency
        account = self._accounts.get(enquiry.customer_id)
        if account is None:
            return CreditAnswer(known=False, limit=Money.zero(currency), exposure=Money.zero(currency))
        return CreditAnswer(
            known=True,
            limit=self._in(currency, account.limit),
            exposure=self._in(currency, account.exposure + self._taken(account.id)),
            blocked=account.blocked,
            net_days=account.net_days,
        )

    def _taken(self, customer_id: str) -> int:
        """What open orders have taken of a limit, in the ERP's own currency."""
        own, rates = self._goods.currency, {self._goods.currency: Decimal(1), **self._goods.rates}
        taken = [
            Money(amount=amount, currency=currency).major / rates[currency]
            for currency, amount in self._open.taken(customer_id).items()
            if currency in rates
        ]
        return Money.rounded(sum(taken, Decimal()), own).amount

    def _in(self, currency: str, amount: int) -> Money:
        own = Money(amount=amount, currency=self._goods.currency)
        if currency == own.currency:
            return own
        rate = self._goods.rates.get(currency)
        if rate is None:
            raise Refusal("currency_not_supported", f"accounts are not kept in {currency}")
        return Money.rounded(own.major * rate, currency)

    def _create(self, order: SalesOrder) -> Done:
        unknown = sorted({line.sku for line in order.lines} - self._items.keys())
        if unknown:
            raise Refusal("unknown_item", f"no such article: {', '.join(unknown)}"[:500])
        number = f"SO-{self.records.number(_ORDER):06}"
        lines = {line.line_id: {"ordered": line.quantity, "invoiced": 0} for line in order.lines}
        body = {"order_id": order.order_id, "currency": order.total.currency, "cancelled": False, "lines": lines}
        self.records.put(_ORDER, number, body, order.key)
        self._open.take(number, order)
        return Done(reference=number)

    def _change(self, change: SalesOrderChange) -> Done:
        unknown = sorted({line.sku for line in change.lines} - self._items.keys())
        if unknown:
            raise Refusal("unknown_item", f"no such article: {', '.join(unknown)}"[:500])
        order = self.records.get(_ORDER, change.sales_order)
        changed = changed_order(order, change)
        if changed is not None:
            self.records.put(_ORDER, change.sales_order, changed)
            self._open.changed(change.sales_order, change.total.amount)
        return Done(reference=change.sales_order)

    def _cancel(self, undo: Undo) -> Taken[Undone] | None:
        found = self.records.by_key(_ORDER, undo.key)
        if found is None:
            return None
        number, order = found
        if any(line["invoiced"] for line in order["lines"].values()):
            raise Refusal("already_invoiced", f"{number} has been invoiced")
        changed = not order["cancelled"]
        if changed:
            self.records.put(_ORDER, number, order | {"cancelled": True})
            self._open.cancelled(number)
        return Taken(Undone(happened=True), changed)

    def _invoice(self, invoice: Invoice) -> Done:
        order = self.records.get(_ORDER, invoice.sales_order)
        if order is None or order["order_id"] != invoice.order_id:
            raise Refusal("unknown_order", f"there is no sales order {invoice.sales_order} for {invoice.order_id}")
        if order["cancelled"]:
            raise Refusal("order_cancelled", f"{invoice.sales_order} is cancelled")
        _check_total(invoice, order["currency"])
        for line in invoice.lines:
            _bill(order["lines"].get(line.line_id), line.line_id, line.quantity)
        self.records.put(_ORDER, invoice.sales_order, order)
        self._open.invoiced(invoice.sales_order, invoice.total.amount)
        return Done(reference=f"INV-{self.records.number(_INVOICE):06}")

    def _credit_memo(self, memo: CreditMemo) -> Done:
        _check_memo(memo)
        if memo.sales_order is not None:
            order = self.records.get(_ORDER, memo.sales_order)
            if order is None or order["order_id"] != memo.order_id:
                raise Refusal("unknown_order", f"there is no sales order {memo.sales_order} for {memo.order_id}")
            for line in memo.lines:
                _credit(order["lines"].get(line.line_id), line.line_id, line.quantity)
            self.records.put(_ORDER, memo.sales_order, order)
        number = f"CM-{self.records.number(_MEMO):06}"
        self.records.put(_MEMO, number, memo.model_dump(mode="json"), memo.key)
        return Done(reference=number)


def _check_memo(memo: CreditMemo) -> None:
    currency = memo.total.currency
    given = [*(line.amount for line in memo.lines), memo.shipping, memo.allowance or Money.zero(currency)]
    if {part.currency for part in (*given, memo.fees)} != {currency}:
        raise Refusal("wrong_currency", f"the memo is in {currency}")
    if Money.sum_of(given, currency) - memo.fees != memo.total:
        raise Refusal("total_mismatch", f"lines, shipping and allowance less fees do not come to {memo.total}")


def _check_total(invoice: Invoice, currency: str) -> None:
    parts = [*(line.amount for line in invoice.lines), invoice.other_charges]
    if {part.currency for part in parts} | {invoice.total.currency} != {currency}:
        raise Refusal("wrong_currency", f"the order is in {currency}")
    if Money.sum_of(parts, currency) != invoice.total:
        raise Refusal("total_mismatch", f"lines and charges do not add up to {invoice.total}")


def _bill(line: dict[str, Any] | None, line_id: str, quantity: int) -> None:
    if line is None:
        raise Refusal("unknown_line", f"the order has no line {line_id}")
    line["invoiced"] += quantity
    if line["invoiced"] > line["ordered"]:
        raise Refusal("beyond_ordered", f"line {line_id}: {line['invoiced']} invoiced of {line['ordered']} ordered")


def _credit(line: dict[str, Any] | None, line_id: str, quantity: int) -> None:
    if line is None:
        raise Refusal("unknown_line", f"the order has no line {line_id}")
    line["credited"] = line.get("credited", 0) + quantity
    if line["credited"] > line["invoiced"]:
        raise Refusal("beyond_invoiced", f"line {line_id}: {line['credited']} credited of {line['invoiced']} invoiced")
