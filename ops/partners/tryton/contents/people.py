"""Customers on account, suppliers who send for us, and the employee who asks purchasing to buy."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from models.money import Money
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.partners.tryton.contents.books import Books
    from ops.partners.tryton.server.rpc import Rpc
    from ops.sandbox.goods import Goods

BLOCKED = "Blocked"
"""The category of customers nothing is sold to."""
REQUISITIONS = "nordic-trading"
"""The supplier of whatever is bought and nobody else brings."""


def make_customers(rpc: Rpc, goods: Goods, company: int, books: Books, terms: Mapping[int, int]) -> None:
    """Write the customers on account; a customer's code is his id."""
    blocked = rpc.new("party.category", name=BLOCKED)
    for account in goods.customers:
        limit = Money(amount=account.limit, currency=goods.currency).major
        party = rpc.new(
            "party.party",
            name=account.id,
            code=account.id,
            addresses=[["create", [{"street": "Kundenweg 1", "city": "Berlin", "postal_code": "10115"}]]],
            credit_limit_amount=limit,
            customer_payment_term=terms[account.net_days],
            categories=[["add", [blocked] if account.blocked else []]],
        )
        if account.exposure:
            _owed(rpc, company, books, party, Money(amount=account.exposure, currency=goods.currency).major)


def make_suppliers(rpc: Rpc, goods: Goods, company: int, products: Mapping[str, int]) -> None:
    """Write each supplier's node as a supplier of what it has, and another as one of everything."""
    own = rpc.one("company.company", "currency", where=[["id", "=", company]])["currency"]
    suppliers = [node.name for node in goods.nodes if node.kind is NodeKind.SUPPLIER]
    parties = {name: rpc.new("party.party", name=name, code=name, addresses=_ADDRESS) for name in suppliers}
    general = rpc.new("party.party", name="Nordic Trading", code=REQUISITIONS, addresses=_ADDRESS)
    for item in goods.items:
        if not item.stocked or item.components:
            continue
        sends = [parties[name] for name in suppliers if item.on_hand.get(name)]
        template = rpc.one("product.product", "template", where=[["id", "=", products[item.sku]]])["template"]
        for party in [general, *sends]:
            rpc.new(
                "purchase.product_supplier",
                template=template,
                company=company,
                party=party,
                currency=own,
                lead_time=_LEAD,
                prices=[["create", [{"quantity": 0.0, "unit_price": Decimal(5)}]]],
            )


def make_employee(rpc: Rpc, company: int) -> int:
    """Write the employee in whose name purchasing is asked; answers his id."""
    party = rpc.new("party.party", name="Order management")
    employee = rpc.new("company.employee", party=party, company=company)
    rpc.write("res.user", rpc.user, employees=[["add", [employee]]], employee=employee)
    rpc.look_again()
    return employee


_ADDRESS = [["create", [{"street": "Lagerweg 1", "city": "Stockholm"}]]]
_LEAD = {"__class__": "timedelta", "seconds": 3 * 86_400}


def _owed(rpc: Rpc, company: int, books: Books, party: int, amount: Decimal) -> None:
    """Write what a customer owed before we came."""
    today = datetime.now(UTC).date()
    journal = rpc.one("account.journal", where=[["type", "=", "revenue"]])["id"]
    where = [["start_date", "<=", today], ["end_date", ">=", today], ["type", "=", "standard"]]
    debit = {"account": books.receivable, "party": party, "debit": amount, "credit": Decimal(0)}
    credit = {"account": books.revenue, "debit": Decimal(0), "credit": amount}
    move = rpc.new(
        "account.move",
        company=company,
        journal=journal,
        period=rpc.one("account.period", where=where)["id"],
        date=today,
        description="Owed before",
        lines=[["create", [debit, credit]]],
    )
    rpc.call("account.move", "post", [move])
