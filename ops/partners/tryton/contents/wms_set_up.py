"""What the warehouse's books hold at first: the samples' warehouses, articles and stock, and who may work there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ops.partners.tryton.contents.articles import make_articles
from ops.partners.tryton.contents.company import make_company
from ops.partners.tryton.contents.shelves import fill_shelves, make_warehouses
from ops.sandbox.goods import load_goods

if TYPE_CHECKING:
    from pydantic import JsonValue

    from ops.partners.tryton.server.rpc import Rpc

GOODS = Path(__file__).parents[3] / "samples" / "goods.yaml"
CONSIGNEES = "ORDERLOOM"
"""The code of the party under whom our customers' addresses are kept."""
SET_ASIDE = ("DAMAGED", "QUARANTINED", "IN_INSPECTION")
"""Places of each warehouse where goods lie that are not for sale; a place's code ends so."""
_GROUPS = (
    ("stock", "group_stock"),
    ("stock", "group_stock_admin"),
    ("party", "group_party_admin"),
    ("product", "group_product_admin"),
)
"""What it takes to do all that is done with goods."""


def set_up(rpc: Rpc) -> dict[str, JsonValue]:
    """Write it; answers our key, the key of the warehouse's own people, and from when on its story is news to us."""
    goods = load_goods(GOODS)
    company = make_company(rpc, goods)
    products = make_articles(rpc, goods, kits=False)
    warehouses = make_warehouses(rpc, goods)
    for node, warehouse in warehouses.items():
        for place in SET_ASIDE:
            code = f"{node}-{place}"
            rpc.new("stock.location", name=f"{node}: {place}", code=code, type="storage", parent=warehouse)
    counter = {"party_name": "Collected at the counter"}
    rpc.new("party.party", name="Customers of Orderloom", code=CONSIGNEES, addresses=[["create", [counter]]])
    rpc.new("stock.package.type", name="Parcel")
    fill_shelves(rpc, goods, company, products, warehouses)
    return {
        "key": rpc.application_key(_person(rpc, "orderloom", company)),
        "hands": rpc.application_key(_person(rpc, "hands", company)),
        "company": company,
        "begins": datetime.now(UTC).isoformat(),
    }


def _person(rpc: Rpc, login: str, company: int) -> int:
    return rpc.new(
        "res.user",
        name=login,
        login=login,
        email=f"{login}@example.com",
        companies=[["add", [company]]],
        company=company,
        groups=[["add", [rpc.named(module, group) for module, group in _GROUPS]]],
    )
