"""The sandbox payment provider: money set aside, taken, let go, given back; and a log of all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from activities.adapters.sandbox.wire import Receipt
from models.partners.asking import Done, Undone
from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void
from ops.sandbox.serving.counter import Taken
from ops.sandbox.serving.problems import Refusal
from ops.sandbox.serving.service import Service

if TYPE_CHECKING:
    from starlette.requests import Request

    from models.money import Money
    from ops.sandbox.serving.records import Record

_AUTHORISATION = "authorisation"
_VALID = timedelta(days=7)
_DECLINES = {
    "tok_declined": ("card_declined", "the card was declined"),
    "tok_insufficient": ("insufficient_funds", "there is not enough money on the account"),
}


class Payment(Service):
    """Keeps an authorisation as its amounts in minor units: set aside, taken, given back."""

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        counter = self.counter
        return [
            counter.effect(
                "/authorisations",
                "authorise",
                AuthorisationRequest,
                Receipt[Authorisation],
                act=self._authorise,
                amount=lambda ask: ask.amount,
            ),
            counter.effect(
                "/captures", "capture", Capture, Receipt[Done], act=self._capture, amount=lambda ask: ask.amount
            ),
            counter.undo(
                "/authorisations/void", "void", Void, Receipt[Undone], act=self._void, never=Undone(happened=False)
            ),
            counter.effect(
                "/refunds", "refund", Refund, Receipt[Done], act=self._refund, amount=lambda ask: ask.amount
            ),
            Route("/money", self._money),
        ]

    def _authorise(self, request: AuthorisationRequest) -> Authorisation:
        if request.token in _DECLINES:
            raise Refusal(*_DECLINES[request.token])
        if request.amount.amount <= 0:
            raise Refusal("invalid_amount", "only a positive amount can be set aside")
        reference = f"AUTH-{self.records.number(_AUTHORISATION):06}"
        expires = datetime.now(UTC) + _VALID
        body = {
            "order_id": request.order_id,
            "currency": request.amount.currency,
            "authorised": request.amount.amount,
            "captured": 0,
            "refunded": 0,
            "refunds": 0,
            "closed": False,
            "expires_at": expires.isoformat(),
        }
        self.records.put(_AUTHORISATION, reference, body, request.key)
        return Authorisation(reference=reference, amount=request.amount, expires_at=expires)

    def _capture(self, capture: Capture) -> Done:
        found = self._find(capture.authorisation, capture.order_id, capture.amount)
        if found["closed"]:
            raise Refusal("authorisation_closed", "the authorisation was let go")
        if datetime.fromisoformat(found["expires_at"]) < datetime.now(UTC):
            raise Refusal("authorisation_expired", "the authorisation is too old")
        if found["captured"] + capture.amount.amount > found["authorised"]:
            raise Refusal("beyond_authorised", f"{found['captured']} of {found['authorised']} are captured already")
        captured = found["captured"] + capture.amount.amount
        self.records.put(_AUTHORISATION, capture.authorisation, found | {"captured": captured, "closed": capture.final})
        return Done(reference=f"CAP-{self.records.number('capture'):06}")

    def _refund(self, refund: Refund) -> Done:
        found = self._find(refund.authorisation, refund.order_id, refund.amount)
        refunded = found["refunded"] + refund.amount.amount
        if refunded > found["captured"]:
            raise Refusal("beyond_captured", f"{found['refunded']} of {found['captured']} are given back already")
        more = {"refunded": refunded, "refunds": found.get("refunds", 0) + 1}
        self.records.put(_AUTHORISATION, refund.authorisation, found | more)
        return Done(reference=f"REF-{self.records.number('refund'):06}")

    def _void(self, void: Void) -> Taken[Undone] | None:
        by_key = self.records.by_key(_AUTHORISATION, void.key)
        if by_key is None:
            return None
        reference, found = by_key
        if void.authorisation not in {None, reference}:
            raise Refusal("unknown_authorisation", f"{void.authorisation} was not authorised under this key")
        if found["captured"] == found["authorised"]:
            raise Refusal("already_captured", "all of it has been captured")
        changed = not found["closed"]
        if changed:
            self.records.put(_AUTHORISATION, reference, found | {"closed": True})
        return Taken(Undone(happened=True), changed)

    def _find(self, reference: str, order_id: str, amount: Money) -> Record:
        found = self.records.get(_AUTHORISATION, reference)
        if found is None or found["order_id"] != order_id:
            raise Refusal("unknown_authorisation", f"there is no authorisation {reference} for {order_id}")
        if amount.currency != found["currency"]:
            raise Refusal("wrong_currency", f"the authorisation is in {found['currency']}")
        if amount.amount <= 0:
            raise Refusal("invalid_amount", "only a positive amount can be moved")
        return found

    async def _money(self, request: Request) -> Response:
        order_id = request.query_params.get("order_id", "")
        log: list[dict[str, Any]] = [
            {"reference": reference} | found
            for reference, found in self.records.all(_AUTHORISATION)
            if order_id in {"", found["order_id"]}
        ]
        return JSONResponse({"money": log})
