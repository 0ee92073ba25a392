"""The ERP's accounts: a chart, fiscal years, the account for taxes, terms of payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.partners.tryton.server.rpc import Record, Rpc

TAXES = "2.2.3"
"""The code of the account that taxes owed stand in."""
PAID_ELSEWHERE = "Paid elsewhere"
"""The statements of what the channel or the payment provider has taken or given back."""
_MONEY = "1.1.1"
_NUMBERED = (("sale", "sequence_sale", "SO-"), ("purchase", "sequence_purchase", "PO-"))


@dataclass(frozen=True)
class Books:
    """Ids of the accounts that are written to."""

    receivable: int
    payable: int
    revenue: int
    expense: int


def make_books(rpc: Rpc, company: int) -> Books:
    """Write the chart that comes with Tryton, and open this year's books and the next's."""
    accounts = _chart(rpc, company)
    # What the rates leave over where an invoice is in another currency: without these it cannot be posted.
    left_over = {
        "currency_exchange_credit_account": accounts.revenue,
        "currency_exchange_debit_account": accounts.expense,
    }
    rpc.call("account.configuration", "write", [1], left_over, company=company)
    this_year = datetime.now(UTC).year
    for year in (this_year, this_year + 1):
        _fiscal_year(rpc, company, year)
    return accounts


def make_trade(rpc: Rpc, company: int) -> None:
    """Number sales and purchases so that they can be told apart, and have statements of what is paid elsewhere."""
    for module, name, prefix in _NUMBERED:
        rpc.write("ir.sequence", rpc.named(module, name), prefix=prefix, padding=6)
    _statements(rpc, company)


def make_terms(rpc: Rpc, days: Iterable[int]) -> dict[int, int]:
    """Write a term of payment for each number of days that has none yet; answers their ids by days."""
    there = {term["name"]: term["id"] for term in rpc.all("account.invoice.payment_term", "name")}
    made = {}
    for net in sorted(set(days)):
        name = f"Net {net} days"
        line: Record = {"type": "remainder", "relativedeltas": [["create", [{"days": net}]]]}
        made[net] = there.get(name) or rpc.new("account.invoice.payment_term", name=name, lines=[["create", [line]]])
    return made


def _chart(rpc: Rpc, company: int) -> Books:
    wizard = "account.create_chart"
    session, *_ = rpc.call(wizard, "create", kind="wizard")
    template = rpc.named("account", "account_template_root_en")
    data: Record = {"start": {}, "account": {"account_template": template, "company": company}}
    rpc.call(wizard, "execute", session, data, "create_account", kind="wizard")
    receivable, payable, revenue, expense = (
        _account(rpc, company, f"type.{kind}") for kind in ("receivable", "payable", "revenue", "expense")
    )
    data["properties"] = {
        "company": company,
        "account_receivable": receivable,
        "account_payable": payable,
        "category_account_expense": expense,
        "category_account_revenue": revenue,
    }
    rpc.call(wizard, "execute", session, data, "create_properties", kind="wizard")
    rpc.call(wizard, "delete", session, kind="wizard")
    return Books(receivable, payable, revenue, expense)


def _statements(rpc: Rpc, company: int) -> None:
    rpc.new(
        "account.statement.journal",
        name=PAID_ELSEWHERE,
        journal=rpc.new("account.journal", name=PAID_ELSEWHERE, type="statement"),
        currency=rpc.one("company.company", "currency", where=[["id", "=", company]])["currency"],
        company=company,
        validation="number_of_lines",
        account=rpc.one("account.account", where=[["code", "=", _MONEY], ["company", "=", company]])["id"],
    )


def _account(rpc: Rpc, company: int, kind: str) -> int:
    where = [[kind, "=", True], ["company", "=", company], ["closed", "!=", True]]
    return int(rpc.one("account.account", where=where)["id"])


def _fiscal_year(rpc: Rpc, company: int, year: int) -> None:
    def sequence(what: str, kind: str) -> int:
        sort = rpc.one("ir.sequence.type", where=[["name", "=", kind]])["id"]
        name = f"{what} {year}"
        prefix = f"{what[0]}{year}-"
        return rpc.new("ir.sequence.strict", name=name, sequence_type=sort, company=company, prefix=prefix, padding=5)

    numbers = {
        "out_invoice_sequence": sequence("Invoice", "Invoice"),
        "out_credit_note_sequence": sequence("Credit note", "Invoice"),
        "in_invoice_sequence": sequence("Supplier invoice", "Invoice"),
        "in_credit_note_sequence": sequence("Supplier credit note", "Invoice"),
    }
    opened = rpc.new(
        "account.fiscalyear",
        name=str(year),
        start_date=date(year, 1, 1),
        end_date=date(year, 12, 31),
        company=company,
        move_sequence=sequence("Move", "Account Move"),
        invoice_sequences=[["create", [{"company": company, **numbers}]]],
    )
    rpc.call("account.fiscalyear", "create_period", [opened])
