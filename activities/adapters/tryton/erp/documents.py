"""What Tryton's books have on our orders: sales, invoices, credit notes, in the order in which they last changed."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.billing.bills import INVOICE
from activities.adapters.tryton.erp.options import erp_options
from activities.adapters.tryton.erp.selling.sales import SALE
from activities.adapters.tryton.rest import Rest, Span
from activities.adapters.tryton.wire import Read
from models.errors import Uncertain
from models.money import Money
from models.reconciling.documents import DocumentKind, DocumentPage, DocumentState, PartnerDocument, Party

if TYPE_CHECKING:
    from activities.adapters.tryton.wire import Domain
    from models.reconciling.documents import DocumentQuery
    from models.settings import PartnerSettings

_LATEST = (("write_date", "ASC"), ("id", "ASC"))


class _Code(Read):
    code: str


class _Document(Read):
    number: str
    state: str
    reference: str | None
    comment: str | None
    currency: _Code
    total_amount: Decimal
    write_date: datetime

    def at(self, kind: DocumentKind, *, state: DocumentState | None, amount: Money) -> PartnerDocument:
        return PartnerDocument(
            party=Party.ERP,
            kind=kind,
            reference=self.number,
            key=self.reference or "",
            order_id=notes.noted(self.comment).get(notes.ORDER, ""),
            amount=amount,
            state=state.value if state is not None else None,
            at=self.write_date,
        )

    @property
    def money(self) -> Money:
        return Money.rounded(self.total_amount, self.currency.code)


class _Line(Read):
    quantity: float | None


class _Sale(_Document):
    lines: list[_Line]

    def document(self) -> PartnerDocument:
        wanted = self.state != "cancelled" and any(line.quantity for line in self.lines)
        state = DocumentState.OPEN if wanted else DocumentState.CANCELLED
        return self.at(DocumentKind.SALES_ORDER, state=state, amount=self.money)


class _Bill(_Document):
    def document(self) -> PartnerDocument:
        back = self.total_amount < 0
        kind = DocumentKind.CREDIT_MEMO if back else DocumentKind.INVOICE
        amount = Money.zero(self.currency.code) - self.money if back else self.money
        state = DocumentState.CANCELLED if self.state == "cancelled" else None
        return self.at(kind, state=state, amount=amount)


_Any = TypeVar("_Any", _Sale, _Bill)


class TrytonDocuments:
    """Answers the documents' port for the ERP."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the database at `settings.url`.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        self._options = erp_options(settings)
        self._rest = Rest("erp", settings, {"company": self._options.company})

    async def documents(self, query: DocumentQuery) -> DocumentPage:
        """List sales that changed since a moment, then invoices and credit notes, a page at a time.

        Raises:
            Uncertain: the cursor is none of ours.
        """
        source, after = self._place(query)
        if source == SALE:
            page = await self._page(SALE, _Sale, after, [["state", "not in", ["draft", "quotation"]]])
            return page if page.next_cursor else page.model_copy(update={"next_cursor": _cursor(INVOICE, None, 0)})
        return await self._page(INVOICE, _Bill, after, [["type", "=", "out"], ["state", "!=", "draft"]])

    async def close(self) -> None:
        """Close every connection."""
        await self._rest.close()

    async def _page(self, source: str, record: type[_Any], after: Domain, where: Domain) -> DocumentPage:
        ours: Domain = [["company", "=", self._options.company], ["number", "!=", None]]
        found = await self._rest.find(
            source, record, [after, *ours, *where], Span(limit=self._options.page, order=_LATEST)
        )
        documents = tuple(one.document() for one in found)
        last = found[-1] if len(found) == self._options.page else None
        return DocumentPage(
            documents=documents, next_cursor=_cursor(source, last.write_date, last.id) if last is not None else None
        )

    def _place(self, query: DocumentQuery) -> tuple[str, Domain]:
        since: Domain = ["write_date", ">=", query.since]
        if query.cursor is None:
            return SALE, since
        try:
            source, told, number = json.loads(query.cursor)
            at = None if told is None else datetime.fromisoformat(told)
        except (ValueError, TypeError) as error:
            raise Uncertain("erp", f"has no documents at {query.cursor[:50]!r}") from error
        if at is None:
            return source, since
        return source, ["OR", [["write_date", ">", at]], [["write_date", "=", at], ["id", ">", number]]]


def _cursor(source: str, at: datetime | None, number: int) -> str:
    return json.dumps([source, at.isoformat() if at is not None else None, number])
