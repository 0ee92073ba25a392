"""Masters that change seldom, by the codes we know them by: read when they are first wanted, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from activities.adapters.tryton.erp.articles import Category, Unit, packs
from activities.adapters.tryton.wire import Read
from models.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.tryton.erp.options import ErpOptions
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Domain

Record = TypeVar("Record", bound=Read)


class _Accounts(Read):
    account_revenue: int | None


class _Template(Read):
    account_category: _Accounts | None
    categories: list[Category]


class Product(Read):
    """An article, as far as documents need it."""

    code: str | None
    type: str
    default_uom: Unit
    template: _Template

    def per(self, unit: str) -> int:
        """How many of its own unit are in one of another; one where nothing says how."""
        if unit == self.default_uom.code:
            return 1
        return next((pack.holds for pack in packs(self.template.categories) if pack.unit == unit), 1)


class Warehouse(Read):
    """A node."""

    code: str | None
    storage_location: int | None
    output_location: int | None


class Currency(Read):
    """A currency the books may be written in."""

    code: str
    digits: int


class _Company(Read):
    currency: Currency


class _Delta(Read):
    days: int | None
    day: int | None
    weeks: int | None
    months: int | None


class _TermLine(Read):
    type: str
    relativedeltas: list[_Delta]


class _Term(Read):
    lines: list[_TermLine]


class _Defaults(Read):
    default_account_receivable: int | None
    default_category_account_revenue: int | None


class Masters:
    """The records that documents refer to."""

    def __init__(self, rest: Rest, options: ErpOptions) -> None:
        """Read them from this database."""
        self._rest = rest
        self._options = options
        self._known: dict[tuple[str, str], Read] = {}

    async def products(self, skus: Iterable[str]) -> dict[str, Product]:
        """Find articles by SKU.

        Raises:
            Refused: one is not there.
        """
        wanted = sorted(set(skus))
        missing = [sku for sku in wanted if ("product", sku) not in self._known]
        if missing:
            found = await self._rest.find("product.product", Product, [["code", "in", missing]])
            self._known |= {("product", str(product.code)): product for product in found}
        unknown = [sku for sku in wanted if ("product", sku) not in self._known]
        if unknown:
            raise Refused(self._rest.partner, f"no such article: {', '.join(unknown)}"[:300], code="unknown_item")
        return {sku: self._kept("product", sku, Product) for sku in wanted}

    async def warehouse(self, code: str | None = None) -> Warehouse:
        """Find a node's warehouse; without a code the one orders are written for."""
        code = code or self._options.warehouse
        where = [["type", "=", "warehouse"], ["code", "=", code]]
        return await self._one("stock.location", Warehouse, code, where, "unknown_node")

    async def warehouses(self) -> list[Warehouse]:
        """Read all nodes' warehouses."""
        return await self._rest.find("stock.location", Warehouse, [["type", "=", "warehouse"], ["code", "!=", None]])

    async def currency(self, code: str) -> Currency:
        """Find a currency."""
        return await self._one("currency.currency", Currency, code, [["code", "=", code]], "currency_not_supported")

    async def own_currency(self) -> Currency:
        """Read in what currency the company keeps its books."""
        company = str(self._options.company)
        where = [["id", "=", self._options.company]]
        return (await self._one("company.company", _Company, company, where, "unknown_company")).currency

    async def account(self, code: str) -> int:
        """Find an account by its code."""
        where = [["code", "=", code], ["company", "=", self._options.company]]
        return (await self._one("account.account", Read, code, where, "unknown_account")).id

    async def tax_account(self) -> int:
        """Where taxes owed stand."""
        return await self.account(self._options.tax_account)

    async def statements(self) -> int:
        """The journal of statements of what is paid elsewhere."""
        name = self._options.statements
        where = [["name", "=", name], ["company", "=", self._options.company]]
        return (await self._one("account.statement.journal", Read, name, where, "unknown_journal")).id

    async def receivable(self) -> int:
        """Where what customers owe stands."""
        defaults = await self._one("account.configuration", _Defaults, "", [], "no_accounts")
        return self._set(defaults.default_account_receivable)

    async def revenue(self, product: Product | None = None) -> int:
        """Where the revenue from an article stands, or from what is no article."""
        category = product.template.account_category if product else None
        if category is not None and category.account_revenue is not None:
            return category.account_revenue
        defaults = await self._one("account.configuration", _Defaults, "", [], "no_accounts")
        return self._set(defaults.default_category_account_revenue)

    async def journal(self, kind: str) -> int:
        """Find the journal of a type: ``revenue``, ``cash``."""
        return (await self._one("account.journal", Read, kind, [["type", "=", kind]], "no_journal")).id

    async def term(self, net_days: int) -> int:
        """Find the term of payment by which all is due so many days after the invoice."""
        key = ("term", str(net_days))
        if key not in self._known:
            terms = await self._rest.find("account.invoice.payment_term", _Term, [])
            self._known |= {("term", str(days)): term for term in terms if (days := _net_days(term)) is not None}
        if key not in self._known:
            raise Refused(self._rest.partner, f"has no term of payment of {net_days} days", code="unknown_term")
        return self._known[key].id

    async def _one(self, model: str, record: type[Record], key: str, where: Domain, code: str) -> Record:
        if (model, key) not in self._known:
            found = await self._rest.first(model, record, where)
            if found is None:
                raise Refused(self._rest.partner, f"has no {model} {key}", code=code)
            self._known[model, key] = found
        return self._kept(model, key, record)

    def _kept(self, model: str, key: str, record: type[Record]) -> Record:
        kept = self._known[model, key]
        if not isinstance(kept, record):
            message = f"{model} {key} is kept as {type(kept).__name__}"
            raise TypeError(message)
        return kept

    def _set(self, account: int | None) -> int:
        if account is None:
            raise Refused(self._rest.partner, "has no default accounts set", code="no_accounts")
        return account


def _net_days(term: _Term) -> int | None:
    """Say after how many days all of it is due; None where it is not so simple."""
    if len(term.lines) != 1 or term.lines[0].type != "remainder":
        return None
    deltas = term.lines[0].relativedeltas
    if not deltas:
        return 0
    delta = deltas[0]
    simple = len(deltas) == 1 and delta.day is None and not delta.weeks and not delta.months
    return (delta.days or 0) if simple else None
