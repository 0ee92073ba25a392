"""Tryton as the ERP: sales, invoices, credit limits, complaints, purchasing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ops.partners.tryton.contents import articles, books, company, people, shelves
from ops.partners.tryton.server import rpc
from ops.partners.tryton.server.installation import Installation
from ops.sandbox.goods import load_goods

if TYPE_CHECKING:
    from pydantic import JsonValue

GOODS = Path(__file__).parent.parent.parent / "samples" / "goods.yaml"
_MODULES = (
    "account_invoice_stock",
    "account_statement",
    "product_kit",
    "product_measurements",
    "purchase_amendment",
    "purchase_requisition",
    "sale",
    "sale_amendment",
    "sale_complaint",
    "sale_credit_limit",
)
_RETURN = "Return"
"""The type of complaint that our returns are."""


def set_up(administrator: rpc.Rpc) -> dict[str, JsonValue]:
    """Write the sample goods, customers and suppliers into blank books."""
    goods = load_goods(GOODS)
    ours = company.make_company(administrator, goods)
    accounts = books.make_books(administrator, ours)
    books.make_trade(administrator, ours)
    terms = books.make_terms(administrator, [0, 7, 10, 14, 30, 60, 90, *(one.net_days for one in goods.customers)])
    accounting = administrator.new(
        "product.category",
        name="Goods",
        accounting=True,
        account_expense=accounts.expense,
        account_revenue=accounts.revenue,
    )
    trade = {"account_category": accounting, "salable": True, "purchasable": True}
    products = articles.make_articles(administrator, goods, kits=True, more=trade)
    warehouses = shelves.make_warehouses(administrator, goods)
    shelves.fill_shelves(administrator, goods, ours, products, warehouses)
    people.make_customers(administrator, goods, ours, accounts, terms)
    people.make_suppliers(administrator, goods, ours, products)
    employee = people.make_employee(administrator, ours)
    sales = administrator.one("ir.model", where=[["name", "=", "sale.sale"]])["id"]
    administrator.new("sale.complaint.type", name=_RETURN, origin=sales)
    return {
        "key": administrator.application_key(),
        "options": {
            "company": ours,
            "employee": employee,
            "warehouse": goods.nodes[0].name,
            "tax_account": books.TAXES,
            "statements": books.PAID_ELSEWHERE,
            "requisition_supplier": people.REQUISITIONS,
            "complaint_type": _RETURN,
            "price_decimals": 10,
        },
    }


ERP = Installation(
    name="erp",
    modules=_MODULES,
    set_up=set_up,
    sources=(articles, books, company, people, rpc, shelves, Path(__file__), GOODS),
)
