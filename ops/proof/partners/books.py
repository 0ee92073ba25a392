"""What Tryton's books say of our orders, read with an administrator's eyes and past our adapters."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from models.money import Money
from ops.proof.partners.agreement import Papers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.partners.tryton.server.rpc import Rpc

_OUT = "stock.shipment.out"
_NOT_COUNTED = ["draft", "cancelled"]
_POSTED = ["posted", "paid"]


def erp_papers(rpc: Rpc, order_ids: Iterable[str]) -> dict[str, Papers]:
    """Read sales, deliveries, invoices, credit notes and stock moves of these orders."""
    papers = {order_id: Papers() for order_id in order_ids}
    sales: Counter[str] = Counter()
    wanted = {line["sale"] for line in rpc.all("sale.line", "sale", where=[["quantity", ">", 0]])}
    for sale in rpc.all("sale.sale", "reference", where=[["state", "not in", _NOT_COUNTED]]):
        # What was processed cannot be cancelled: it is amended to nothing.
        sales[_order_of(sale["reference"])] += sale["id"] in wanted
    parcels, moved = _deliveries(rpc)
    invoices, credits_ = _bills(rpc)
    return {
        order_id: Papers(sales[order_id], parcels[order_id], invoices[order_id], credits_[order_id], moved[order_id])
        for order_id in papers
    }


def warehouse_papers(rpc: Rpc, order_ids: Iterable[str]) -> dict[str, Papers]:
    """Read parcels and stock moves of these orders; a warehouse knows of no money."""
    _, moved = _deliveries(rpc)
    boxes: Counter[str] = Counter()
    shipments = {one["id"]: one["reference"] for one in rpc.all(_OUT, "reference", where=[["state", "=", "done"]])}
    for box in rpc.all("stock.package", "shipment"):
        model, _, number = (box["shipment"] or "").partition(",")
        if model == _OUT and int(number) in shipments:
            boxes[_order_of(shipments[int(number)])] += 1
    return {order_id: Papers(parcels=boxes[order_id], moved=moved[order_id]) for order_id in order_ids}


def on_shelves(rpc: Rpc, skus: Iterable[str]) -> dict[tuple[str, str], int]:
    """Read what lies at each node, by node and SKU, in each article's own unit; what there is none of is left out."""
    # A kit lies nowhere: Tryton works out how many of it could be made.
    products = {
        one["id"]: one["code"]
        for one in rpc.all("product.product", "code", where=[["code", "in", list(skus)], ["type", "=", "goods"]])
    }
    lying: dict[tuple[str, str], int] = {}
    for house in rpc.all("stock.location", "code", where=[["type", "=", "warehouse"]]):
        for product, quantity in _quantities(rpc, list(products), house["id"]):
            if round(quantity):
                lying[house["code"], products[product]] = round(quantity)
    return lying


def _quantities(rpc: Rpc, products: list[int], house: int) -> Iterator[tuple[int, float]]:
    for one in rpc.call("product.product", "read", products, ["quantity"], locations=[house]):
        yield one["id"], one["quantity"]


def _deliveries(rpc: Rpc) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Count deliveries done, and the units that went to customers with them, by order."""
    moved: dict[str, Counter[str]] = defaultdict(Counter)
    customers = [one["id"] for one in rpc.all("stock.location", where=[["type", "=", "customer"]])]
    skus = {one["id"]: one["code"] for one in rpc.all("product.product", "code")}
    order_of = {
        one["id"]: _order_of(one["reference"]) for one in rpc.all(_OUT, "reference", where=[["state", "=", "done"]])
    }
    where = [["state", "=", "done"], ["shipment", "like", f"{_OUT},%"], ["to_location", "in", customers]]
    for move in rpc.all("stock.move", "shipment", "product", "internal_quantity", where=where):
        order_id = order_of[int(move["shipment"].partition(",")[2])]
        moved[order_id][skus[move["product"]]] += round(move["internal_quantity"])
    return Counter(order_of.values()), moved


def _bills(rpc: Rpc) -> tuple[dict[str, Counter[tuple[str, int]]], dict[str, Counter[tuple[str, int]]]]:
    """Count posted customers' invoices and credit notes, by order."""
    invoices: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    memos: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    currencies = {one["id"]: one["code"] for one in rpc.all("currency.currency", "code")}
    where = [["type", "=", "out"], ["state", "in", _POSTED]]
    for bill in rpc.all("account.invoice", "reference", "total_amount", "currency", where=where):
        total = Money.of_major(bill["total_amount"], currencies[bill["currency"]])
        if not total:
            # For a parcel of free goods: it moves them and no money, so our journal has no entry for it.
            continue
        papers = invoices if total.amount > 0 else memos
        papers[_order_of(bill["reference"])][total.currency, abs(total.amount)] += 1
    return invoices, memos


def _order_of(reference: str | None) -> str:
    """Read the order from a key of ours, which begins with it, or with one of its returns."""
    whose = (reference or "").partition("/")[0]
    kind, _, name = whose.partition(":")
    return f"order:{name.rpartition(':')[0]}" if kind == "return" else whose
