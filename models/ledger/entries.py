"""The sides of every kind of entry: which accounts a fact about money touches, spelt here once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.ledger.accounts import LedgerAccount
from models.ledger.postings import Leg, credit, debit
from models.order.payment_terms import TenderKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.ledger.portions import Portion
    from models.ledger.sales import Sale
    from models.money import Money

_OWN_LIABILITIES = {
    TenderKind.GIFT_CARD: LedgerAccount.GIFT_CARDS,
    TenderKind.STORE_CREDIT: LedgerAccount.STORE_CREDIT,
}


def purse(kind: TenderKind, otherwise: LedgerAccount) -> LedgerAccount:
    """Which account a tender's money comes from: what we owed on a gift card or as credit, or else whoever took it."""
    return _OWN_LIABILITIES.get(kind, otherwise)


def set_aside(amount: Money) -> list[Leg]:
    """An authorisation; what it sets aside is no money of ours yet."""
    return [debit(LedgerAccount.AUTHORISED, amount), credit(LedgerAccount.AUTHORISATIONS, amount)]


def let_go(amount: Money) -> list[Leg]:
    """So much is no longer set aside: taken, voided or run out."""
    return [debit(LedgerAccount.AUTHORISATIONS, amount), credit(LedgerAccount.AUTHORISED, amount)]


def paid(account: LedgerAccount, amount: Money) -> list[Leg]:
    """The customer paid, and his money is at this account."""
    return [debit(account, amount), credit(LedgerAccount.RECEIVABLE, amount)]


def paid_back(account: LedgerAccount, amount: Money) -> list[Leg]:
    """The customer was given money, or credit, out of this account."""
    return [debit(LedgerAccount.RECEIVABLE, amount), credit(account, amount)]


def earned(sale: Sale, against: LedgerAccount) -> list[Leg]:
    """Revenue by what was sold, discounts apart, and the tax by its code; against what the customer owes."""
    whole = sale.whole
    return [
        debit(against, whole.total),
        credit(LedgerAccount.REVENUE, sale.goods.gross),
        credit(LedgerAccount.FREIGHT, sale.shipping.gross),
        credit(LedgerAccount.CHARGES, sale.charges.gross),
        debit(LedgerAccount.DISCOUNTS, whole.discount),
        *_taxes(whole),
    ]


def billed(amount: Money) -> list[Leg]:
    """An invoice for what was earned before."""
    return [debit(LedgerAccount.RECEIVABLE, amount), credit(LedgerAccount.UNBILLED, amount)]


def credited(net: Money, taxes: Iterable[tuple[str, Money]], fees: Money) -> list[Leg]:
    """A credit memo: net and taxes are taken back, fees are kept; the customer owes us the rest less."""
    parts = list(taxes)
    total = net - fees
    for _, amount in parts:
        total += amount
    return [
        debit(LedgerAccount.RETURNS, net),
        *(debit(LedgerAccount.TAX, amount, code) for code, amount in parts),
        credit(LedgerAccount.FEES, fees),
        credit(LedgerAccount.RECEIVABLE, total),
    ]


def written_off(amount: Money) -> list[Leg]:
    """The customer owes us so much less, since we give it up."""
    return [debit(LedgerAccount.WRITE_OFFS, amount), credit(LedgerAccount.RECEIVABLE, amount)]


def _taxes(portion: Portion) -> list[Leg]:
    return [credit(LedgerAccount.TAX, tax.amount, tax.code) for tax in portion.taxes]
