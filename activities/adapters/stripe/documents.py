"""What Stripe has written down about our orders: what is set aside, taken, given back and disputed.

Stripe cannot list payments by when they changed, but has an event for every change and keeps it for thirty days. So the
events say which payments changed, newest first, and each of those is read as it stands now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from activities.adapters.stripe.finding import Finding
from activities.adapters.stripe.happenings import Event, state_of
from activities.adapters.stripe.speaking.account import Account
from activities.adapters.stripe.speaking.amounts import from_stripe
from activities.adapters.stripe.speaking.labels import KEY, ORDER, capture_number, captured
from activities.adapters.stripe.speaking.records import Dispute, Intent, Page, Refund, moment
from models.reconciling.documents import DocumentKind, DocumentPage, DocumentState, PartnerDocument, Party

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models.reconciling.documents import DocumentQuery
    from models.settings import PartnerSettings

_PAGE: Final = 50
_ALL: Final = 100
_CHANGES: Final = (
    "payment_intent.amount_capturable_updated",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "charge.captured",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
)
_GONE: Final = {"failed", "canceled"}
_Events = Page[Event]
_Refunds = Page[Refund]
_Disputes = Page[Dispute]


class StripeDocuments:
    """Answers the documents' port."""

    def __init__(self, _party: Party, settings: PartnerSettings) -> None:
        """Speak to the account whose key the settings hold; nothing is connected yet.

        Raises:
            ValueError: the key is missing, or an option is wrong; names the setting.
        """
        self._account = Account(settings)
        self._finding = Finding(self._account)

    async def documents(self, query: DocumentQuery) -> DocumentPage:
        """List what changed since a moment, a page at a time; payments that are not our orders' are left out.

        Raises:
            PartnerError: see `models.errors`.
        """
        asked: Any = {
            "types": list(_CHANGES),
            "created": {"gte": int(query.since.timestamp())},
            "limit": _PAGE,
        }
        if query.cursor is not None:
            asked["starting_after"] = query.cursor
        page = await self._account.answer(_Events, self._account.api.events.list_async(asked))
        changed: dict[str, datetime] = {}
        for event in page.data:
            changed.setdefault(_payment_of(event), moment(event.created))
        changed.pop("", None)
        found = [document for number, at in changed.items() for document in await self._of_payment(number, at)]
        return DocumentPage(
            documents=tuple(found), next_cursor=page.data[-1].id if page.has_more and page.data else None
        )

    async def _of_payment(self, number: str, at: datetime) -> list[PartnerDocument]:
        intent = await self._finding.intent(number)
        charge = intent.charge
        if ORDER not in intent.metadata or charge is None or charge.status != "succeeded":
            return []
        found = [_authorisation(intent, at), *_captures(intent, at)]
        if charge.amount_refunded:
            refunds = self._account.api.refunds.list_async({"payment_intent": intent.id, "limit": _ALL})
            found += [
                _refund(intent, refund, at)
                for refund in (await self._account.answer(_Refunds, refunds)).data
                if refund.status not in _GONE
            ]
        if charge.disputed:
            disputes = self._account.api.disputes.list_async({"payment_intent": intent.id, "limit": _ALL})
            found += [
                _dispute(intent, dispute, at) for dispute in (await self._account.answer(_Disputes, disputes)).data
            ]
        return found

    async def close(self) -> None:
        """Close every connection."""
        await self._account.close()


def _payment_of(event: Event) -> str:
    about = event.data.object
    number = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
    return number if isinstance(number, str) else ""


def _authorisation(intent: Intent, at: datetime) -> PartnerDocument:
    stands = intent.status == "requires_capture"
    return PartnerDocument(
        party=Party.PAYMENT,
        kind=DocumentKind.AUTHORISATION,
        reference=intent.id,
        key=intent.metadata.get(KEY, ""),
        order_id=intent.metadata[ORDER],
        amount=from_stripe(intent.amount, intent.currency),
        state=DocumentState.OPEN.value if stands else DocumentState.CANCELLED.value,
        at=at,
    )


def _captures(intent: Intent, at: datetime) -> Iterator[PartnerDocument]:
    """What was taken, by our keys; and what somebody else took, under none."""
    by_key = captured(intent.metadata)
    rest = intent.amount_received - sum(by_key.values())
    charge = intent.charge.id if intent.charge else intent.id
    for key, amount in (*by_key.items(), *([("", rest)] if rest > 0 else [])):
        yield PartnerDocument(
            party=Party.PAYMENT,
            kind=DocumentKind.CAPTURE,
            reference=capture_number(charge, key),
            key=key,
            order_id=intent.metadata[ORDER],
            amount=from_stripe(amount, intent.currency),
            authorisation=intent.id,
            at=at,
        )


def _refund(intent: Intent, refund: Refund, at: datetime) -> PartnerDocument:
    return PartnerDocument(
        party=Party.PAYMENT,
        kind=DocumentKind.REFUND,
        reference=refund.id,
        key=refund.metadata.get(KEY, ""),
        order_id=intent.metadata[ORDER],
        amount=from_stripe(refund.amount, refund.currency),
        authorisation=intent.id,
        at=at,
    )


def _dispute(intent: Intent, dispute: Dispute, at: datetime) -> PartnerDocument:
    return PartnerDocument(
        party=Party.PAYMENT,
        kind=DocumentKind.DISPUTE,
        reference=dispute.id,
        order_id=intent.metadata[ORDER],
        amount=from_stripe(dispute.amount, dispute.currency),
        state=state_of(dispute).value,
        authorisation=intent.id,
        at=at,
    )
