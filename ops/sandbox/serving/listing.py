"""What a service has written down, listed in the words of our documents: effects, and what it told or would have told.

The list is made of the journal, so that nothing a service did can be missing from it.
"""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from models.errors import InvalidInput
from models.partners.events import PARTNER_EVENT, ParcelMoved
from models.reconciling.documents import (
    DocumentKind,
    DocumentPage,
    DocumentQuery,
    DocumentState,
    PartnerDocument,
    Party,
)
from models.strict_json import read
from ops.sandbox.serving.problems import problem

if TYPE_CHECKING:
    from sqlite3 import Row

    from starlette.requests import Request
    from starlette.routing import Route

    from ops.sandbox.serving.service import Service

_PAGE = 50
_EFFECTS, _TOLD = "effects", "told"
_KINDS = {
    "create_order": DocumentKind.SALES_ORDER,
    "post_invoice": DocumentKind.INVOICE,
    "credit_memo": DocumentKind.CREDIT_MEMO,
    "authorise": DocumentKind.AUTHORISATION,
    "capture": DocumentKind.CAPTURE,
    "refund": DocumentKind.REFUND,
    "book": DocumentKind.PARCEL,
}
_UNDOES = {"cancel_order": "create_order", ("payment", "void"): "authorise", ("carrier", "void"): "book"}
_RECORDS = {
    DocumentKind.SALES_ORDER: ("sales_order", "cancelled"),
    DocumentKind.AUTHORISATION: ("authorisation", "closed"),
}
"""Where the state of a document is kept, and which field says that it counts no longer."""


class Listing:
    """The documents of one service."""

    def __init__(self, service: Service) -> None:
        """List what this service did."""
        self._service = service
        self._database = service.database

    def route(self) -> Route:
        """Make the route by which they are asked for."""
        return self._service.counter.route("/documents", "POST", "documents", self._documents)

    async def _documents(self, request: Request) -> Response:
        try:
            query = read(DocumentQuery, await request.body())
            source, after = _place(query.cursor)
        except (InvalidInput, ValueError) as error:
            return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))
        rows = self._rows(source, after, query.since)
        read_of = self._of_effect if source == _EFFECTS else self._of_event
        documents = tuple(document for row in rows[:_PAGE] for document in read_of(row))
        page = DocumentPage(documents=documents, next_cursor=_next(source, rows))
        return Response(page.model_dump_json(), media_type="application/json")

    def _rows(self, source: str, after: int, since: datetime) -> list[Row]:
        table = _EFFECTS if source == _EFFECTS else "happenings"
        return self._database.rows(
            f"SELECT * FROM {table} WHERE seq > ? AND at >= ? ORDER BY seq LIMIT ?",  # noqa: S608 - our own words only
            (after, since.isoformat(), _PAGE + 1),
        )

    def _of_effect(self, row: Row) -> list[PartnerDocument]:
        name, operation = self._service.options.name, row["operation"]
        undone = _UNDOES.get(operation) or _UNDOES.get((name, operation))
        if undone is not None:
            first = self._database.rows(
                "SELECT * FROM effects WHERE key = ? AND operation = ? ORDER BY seq", (row["key"], undone)
            )
            return [self._document(_KINDS[undone], found, row["at"]) for found in first]
        kind = _KINDS.get(operation)
        return [self._document(kind, row, row["at"])] if kind else []

    def _document(self, kind: DocumentKind, effect: Row, at: str) -> PartnerDocument:
        ask, receipt = json.loads(effect["ask"]), json.loads(effect["receipt"])
        answer = receipt["answer"]
        reference = answer["tracking_number"] if kind is DocumentKind.PARCEL else answer["reference"]
        found: dict[str, Any] = {
            "party": self._service.options.name,
            "kind": kind.value,
            "reference": reference,
            "key": effect["key"],
            "order_id": effect["order_id"],
            "amount": receipt["amount"] or (answer["amount"] if kind is DocumentKind.AUTHORISATION else None),
            "state": self._state(kind, reference),
            "authorisation": ask.get("authorisation"),
            "at": at,
        }
        return PartnerDocument.model_validate_json(json.dumps(found))

    def _state(self, kind: DocumentKind, reference: str) -> str | None:
        if kind is DocumentKind.PARCEL:
            parcel = self._service.records.get("parcel", reference)
            return str(parcel["state"]) if parcel else None
        if kind not in _RECORDS:
            return None
        record, field = _RECORDS[kind]
        body = self._service.records.get(record, reference) or {}
        return (DocumentState.CANCELLED if body.get(field) else DocumentState.OPEN).value

    def _of_event(self, row: Row) -> list[PartnerDocument]:
        event, name = PARTNER_EVENT.validate_json(row["body"]), self._service.options.name
        # Whatever leaves the warehouse has a number, whether a carrier takes it or the customer.
        shipment = getattr(event, "shipment_id", None)
        if shipment is not None and name == Party.WMS.value:
            return [
                PartnerDocument(
                    party=Party.WMS,
                    kind=DocumentKind.SHIPMENT,
                    reference=shipment,
                    key=getattr(event, "release_key", ""),
                    order_id=event.order_id,
                    at=datetime.fromisoformat(row["at"]),
                    event=event,
                )
            ]
        if isinstance(event, ParcelMoved) and name == Party.CARRIER.value:
            return self._moved(event, row["at"])
        return []

    def _moved(self, event: ParcelMoved, at: str) -> list[PartnerDocument]:
        booked = self._database.rows(
            "SELECT * FROM effects WHERE order_id = ? AND operation = 'book' ORDER BY seq", (event.order_id,)
        )
        documents = (self._document(DocumentKind.PARCEL, row, at) for row in booked)
        return [
            document.model_copy(update={"event": event})
            for document in documents
            if document.reference == event.tracking_number and document.state == event.state
        ]


def _place(cursor: str | None) -> tuple[str, int]:
    """Read where to go on: first all effects, then all that was told.

    Raises:
        ValueError: it is no cursor of ours.
    """
    source, _, after = (cursor or f"{_EFFECTS}:0").partition(":")
    if source not in {_EFFECTS, _TOLD}:
        message = f"there is no list of {source}"
        raise ValueError(message)
    return source, int(after)


def _next(source: str, rows: list[Row]) -> str | None:
    if len(rows) > _PAGE:
        return f"{source}:{rows[_PAGE - 1]['seq']}"
    return f"{_TOLD}:0" if source == _EFFECTS else None
