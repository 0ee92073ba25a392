"""What our own books say of an order, as the API shows them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ops.proof.partners.agreement import Papers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ops.cli.client import Api, Json

_SALE = "erp_order"
_RECEIVABLE = "receivable"


def our_papers(api: Api, order_ids: Iterable[str]) -> dict[str, Papers]:
    """Read shipments, invoices, credit memos and movements of these orders."""
    orders = {order_id: api.order(order_id) for order_id in order_ids}
    moved = _moved(api, {line["sku"] for order in orders.values() for line in order["lines"]})
    return {order_id: _papers(api, order, moved.get(order_id, Counter())) for order_id, order in orders.items()}


def on_hand(api: Api, skus: Iterable[str]) -> dict[tuple[str, str], int]:
    """What our ledger has on the shelves of each node: the sum of its movements."""
    return dict(_summed(api, skus))


def _papers(api: Api, order: Json, moved: Counter[str]) -> Papers:
    invoices: Counter[tuple[str, int]] = Counter()
    memos: Counter[tuple[str, int]] = Counter()
    for entry in api.postings(order["id"])["entries"]:
        papers = {"invoiced": invoices, "credited": memos}.get(entry["kind"])
        if papers is not None:
            papers[_owed(entry["postings"])] += 1
    live = order["status"] != "cancelled" and _SALE in order["references"]
    return Papers(int(live), len(order["shipments"]), invoices, memos, moved)


def _owed(postings: Iterable[Json]) -> tuple[str, int]:
    """What an entry changed of what the customer owes."""
    amounts = [posting["amount"] for posting in postings if posting["account"] == _RECEIVABLE]
    return amounts[0]["currency"], abs(sum(amount["amount"] for amount in amounts))


def _moved(api: Api, skus: Iterable[str]) -> Mapping[str, Counter[str]]:
    moved: dict[str, Counter[str]] = {}
    for movement in _movements(api, skus):
        if movement["kind"] == "shipment" and movement["state"] == "on_hand" and movement["order_id"]:
            moved.setdefault(movement["order_id"], Counter())[movement["sku"]] -= movement["quantity"]
    return moved


def _summed(api: Api, skus: Iterable[str]) -> Counter[tuple[str, str]]:
    summed: Counter[tuple[str, str]] = Counter()
    for movement in _movements(api, skus):
        if movement["state"] == "on_hand":
            summed[movement["node"], movement["sku"]] += movement["quantity"]
    return summed


def _movements(api: Api, skus: Iterable[str]) -> Iterable[Json]:
    for sku in sorted(skus):
        yield from api.movements(sku)
