"""What the tills' books hold at first: accounts, taxed articles with prices, and a till in every store."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from models.stock.nodes import NodeKind
from ops.partners.tryton.contents.articles import make_articles
from ops.partners.tryton.contents.books import TAXES, make_books
from ops.partners.tryton.contents.company import make_company
from ops.partners.tryton.contents.shelves import fill_shelves, make_warehouses
from ops.sandbox.goods import load_goods

if TYPE_CHECKING:
    from pydantic import JsonValue

    from ops.partners.tryton.contents.books import Books
    from ops.partners.tryton.server.rpc import Rpc

GOODS = Path(__file__).parents[3] / "samples" / "goods.yaml"
GROSS, NET = Decimal("11.90"), Decimal("10.00")
"""What any article costs at the till, with and without tax."""
_RATE = Decimal("0.19")
CASH, CARD = "Cash", "Card terminal"


def set_up(rpc: Rpc) -> dict[str, JsonValue]:
    """Write it; answers our key, the cashiers' key, and from when on sales are news to us."""
    goods = load_goods(GOODS)
    company = make_company(rpc, goods)
    accounts = make_books(rpc, company)
    category = _category(rpc, accounts, _tax(rpc, company))
    products = make_articles(rpc, goods, kits=False)
    for one in rpc.all("product.template", "default_uom"):
        sold = {"account_category": category, "salable": True, "sale_uom": one["default_uom"], "gross_price": GROSS}
        rpc.write("product.template", one["id"], **sold)
    warehouses = make_warehouses(rpc, goods)
    fill_shelves(rpc, goods, company, products, warehouses)
    _methods(rpc, company)
    for node in goods.nodes:
        if node.kind is NodeKind.STORE:
            _till(rpc, company, node.title or node.name, warehouses[node.name])
    return {
        "key": rpc.application_key(),
        "cashiers": rpc.application_key(),
        "company": company,
        "begins": datetime.now(UTC).isoformat(),
    }


def _tax(rpc: Rpc, company: int) -> int:
    owed = rpc.one("account.account", where=[["code", "=", TAXES], ["company", "=", company]])["id"]
    name = f"VAT {_RATE:.0%}"
    return rpc.new(
        "account.tax",
        name=name,
        description=name,
        type="percentage",
        rate=_RATE,
        invoice_account=owed,
        credit_note_account=owed,
        company=company,
    )


def _category(rpc: Rpc, accounts: Books, tax: int) -> int:
    return rpc.new(
        "product.category",
        name="Goods",
        accounting=True,
        account_expense=accounts.expense,
        account_revenue=accounts.revenue,
        customer_taxes=[["add", [tax]]],
    )


def _methods(rpc: Rpc, company: int) -> None:
    money = rpc.one("account.account", where=[["code", "=", "1.1.1"], ["company", "=", company]])["id"]
    rpc.new("sale.point.payment.method", name=CASH, company=company, account=money, cash=True)
    rpc.new("sale.point.payment.method", name=CARD, company=company, account=money, cash=False)


def _till(rpc: Rpc, company: int, name: str, warehouse: int) -> None:
    kind = rpc.one("ir.sequence.type", where=[["name", "=", "POS"]])["id"]
    prefix = f"{name.split(maxsplit=1)[-1]}-".replace(" ", "-")
    numbers = rpc.new(
        "ir.sequence.strict", name=f"Receipts {name}", sequence_type=kind, company=company, prefix=prefix, padding=5
    )
    storage = rpc.one("stock.location", "storage_location", where=[["id", "=", warehouse]])["storage_location"]
    rpc.new(
        "sale.point",
        name=name,
        company=company,
        tax_included=True,
        journal=rpc.one("account.journal", where=[["type", "=", "revenue"]])["id"],
        sequence=numbers,
        storage_location=storage,
        return_location=storage,
        customer_location=rpc.named("stock", "location_customer"),
    )
