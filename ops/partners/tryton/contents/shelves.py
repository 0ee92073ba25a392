"""Warehouses, one a node, and what lies on their shelves at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.partners.tryton.server.rpc import Rpc
    from ops.sandbox.goods import Goods


_CODES = {"input_location": "in", "output_location": "out", "storage_location": "sto"}


def make_warehouses(rpc: Rpc, goods: Goods) -> dict[str, int]:
    """Write a warehouse for each node, whose code is the node's name; answers their ids by node."""
    made = {node.name: _warehouse(rpc, node.name, node.title or node.name) for node in goods.nodes}
    # The one Tryton came with would be a place that nobody knows of.
    rpc.write("stock.location", rpc.named("stock", "location_warehouse"), active=False)
    return made


def fill_shelves(
    rpc: Rpc, goods: Goods, company: int, products: Mapping[str, int], warehouses: Mapping[str, int]
) -> None:
    """Write what lies on each node's shelves at first, as counted."""
    for node, warehouse in warehouses.items():
        lines = [
            {"product": products[item.sku], "quantity": float(item.on_hand[node])}
            for item in goods.items
            if item.on_hand.get(node)
        ]
        if lines:
            storage = rpc.one("stock.location", "storage_location", where=[["id", "=", warehouse]])["storage_location"]
            counted = rpc.new(
                "stock.inventory",
                location=storage,
                company=company,
                empty_quantity="keep",
                lines=[["create", lines]],
            )
            rpc.call("stock.inventory", "confirm", [counted])


def _warehouse(rpc: Rpc, node: str, title: str) -> int:
    parts = {
        field: rpc.new("stock.location", name=f"{title}: {kind}", code=f"{node}-{kind}", type="storage")
        for field, kind in _CODES.items()
    }
    # Where goods go that a count does not find, and come from that it finds beyond the books.
    lost = rpc.named("stock", "location_lost_found")
    return rpc.new("stock.location", name=title, code=node, type="warehouse", lost_found_location=lost, **parts)
