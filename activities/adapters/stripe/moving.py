"""Money that is set aside: taken, let go, or given back after it was taken; looked up before it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from activities.adapters.http import LostReply, Nonsense
from activities.adapters.stripe.authorising import BY_STRIPE
from activities.adapters.stripe.finding import CHARGE
from activities.adapters.stripe.speaking.amounts import from_stripe, to_stripe
from activities.adapters.stripe.speaking.errors import MISSING, PARTNER
from activities.adapters.stripe.speaking.labels import (
    KEY,
    ORDER,
    capture_mark,
    capture_number,
    captured,
    idempotency_key,
    marks,
    shortened,
)
from activities.adapters.stripe.speaking.records import Intent, Page, Refund
from models.errors import Refused, Transient, Uncertain
from models.partners.asking import Done, Undone

if TYPE_CHECKING:
    from activities.adapters.stripe.finding import Finding
    from activities.adapters.stripe.speaking.account import Account
    from models.partners import payments

_PAGE: Final = 100
_FAILED: Final = {"failed", "canceled"}
_Refunds = Page[Refund]


class Moving:
    """Captures, voids and refunds in one account."""

    def __init__(self, account: Account, finding: Finding) -> None:
        """Move money of this account."""
        self._account = account
        self._api = account.api
        self._finding = finding

    # --- taken ----------------------------------------------------------------------------------------------------

    async def capture(self, capture: payments.Capture) -> Done:
        """Take money set aside, once a key.

        Raises:
            PartnerError: see `models.errors`.
        """
        intent = await self._of_order(capture)
        amount = to_stripe(capture.amount)
        if capture.key not in captured(intent.metadata):
            _check_capture(intent, amount)
            try:
                intent = await self._take(capture, amount)
            except (LostReply, Nonsense) as doubt:
                intent = await self._of_order(capture)
                if capture.key not in captured(intent.metadata):
                    raise Transient(PARTNER, f"{doubt}; it was not done") from doubt
        taken = captured(intent.metadata)[capture.key]
        if taken != amount:
            raise Uncertain(PARTNER, f"captured {taken} under this key, and not {amount}")
        return Done(reference=capture_number(intent.charge.id if intent.charge else intent.id, capture.key))

    async def _take(self, capture: payments.Capture, amount: int) -> Intent:
        asked: Any = {
            "amount_to_capture": amount,
            "metadata": {capture_mark(capture.key): shortened(f"{amount} {capture.key}")},
            "expand": CHARGE,
        }
        if self._account.options.multicapture:
            asked["final_capture"] = capture.final
        options: Any = {"idempotency_key": idempotency_key(capture.key)}
        call = self._api.payment_intents.capture_async
        return await self._account.answer(Intent, call(capture.authorisation, asked, options))

    # --- let go ---------------------------------------------------------------------------------------------------

    async def void(self, void: payments.Void) -> Undone:
        """Let an authorisation go; asked again the answer is the same.

        Raises:
            PartnerError: see `models.errors`.
        """
        intent = await self._to_void(void)
        if intent is None:
            return Undone(happened=False)
        if intent.status == "succeeded":
            if intent.amount_received == intent.amount:
                raise Refused(PARTNER, "all of it has been captured", code="already_captured")
            # Stripe let the rest go at the last capture.
            return Undone(happened=True)
        if intent.status != "canceled":
            intent = await self._cancel(intent)
        charge = intent.charge
        return Undone(happened=charge is not None and charge.status == "succeeded")

    async def _to_void(self, void: payments.Void) -> Intent | None:
        if void.authorisation is None:
            return await self._finding.now(void.key)
        intent = await self._of_order(void)
        if intent.metadata.get(KEY) != void.key:
            raise _unknown(f"{void.authorisation} was not authorised under this key")
        return intent

    async def _cancel(self, intent: Intent) -> Intent:
        asked: Any = {"cancellation_reason": "requested_by_customer", "expand": CHARGE}
        try:
            return await self._account.answer(Intent, self._api.payment_intents.cancel_async(intent.id, asked))
        except (LostReply, Nonsense) as doubt:
            now = await self._finding.intent(intent.id)
            if now.status != "canceled":
                raise Transient(PARTNER, f"{doubt}; it was not done") from doubt
            return now

    # --- given back -----------------------------------------------------------------------------------------------

    async def refund(self, refund: payments.Refund) -> Done:
        """Give captured money back, once a key.

        Raises:
            PartnerError: see `models.errors`.
        """
        intent = await self._of_order(refund)
        amount = to_stripe(refund.amount)
        found = await self._refunded(intent, refund.key)
        if found is None:
            _check_refund(intent, amount)
            try:
                found = await self._give_back(refund, amount)
            except (LostReply, Nonsense) as doubt:
                found = await self._refunded(intent, refund.key)
                if found is None:
                    raise Transient(PARTNER, f"{doubt}; it was not done") from doubt
        if found.amount != amount:
            raise Uncertain(PARTNER, f"gave {found.amount} back under this key, and not {amount}")
        if found.status in _FAILED:
            raise Refused(PARTNER, found.failure_reason or "the refund failed", code="refund_failed")
        return Done(reference=found.id)

    async def _give_back(self, refund: payments.Refund, amount: int) -> Refund:
        asked: Any = {
            "payment_intent": refund.authorisation,
            "amount": amount,
            "metadata": marks(refund) | {"orderloom_reason": shortened(refund.reason)},
        }
        options: Any = {"idempotency_key": idempotency_key(refund.key)}
        return await self._account.answer(Refund, self._api.refunds.create_async(asked, options))

    async def _refunded(self, intent: Intent, key: str) -> Refund | None:
        before = ""
        while True:
            asked: Any = {"payment_intent": intent.id, "limit": _PAGE}
            if before:
                asked["starting_after"] = before
            page = await self._account.answer(_Refunds, self._api.refunds.list_async(asked))
            found = next((refund for refund in page.data if refund.metadata.get(KEY) == key), None)
            if found is not None or not page.has_more or not page.data:
                return found
            before = page.data[-1].id

    # --- looked at ------------------------------------------------------------------------------------------------

    async def _of_order(self, ask: payments.Capture | payments.Void | payments.Refund) -> Intent:
        """Read the payment that is meant, which must be the order's own and in its currency."""
        reference = ask.authorisation or ""
        try:
            intent = await self._finding.intent(reference)
        except Refused as refusal:
            if refusal.code == MISSING:
                raise _unknown(f"there is no authorisation {reference}") from refusal
            raise
        if intent.metadata.get(ORDER) != ask.order_id:
            raise _unknown(f"{reference} is not for {ask.order_id}")
        amount = getattr(ask, "amount", None)
        if amount is not None and amount.currency != intent.currency.upper():
            raise Refused(PARTNER, f"the authorisation is in {intent.currency.upper()}", code="wrong_currency")
        if amount is not None and amount.amount <= 0:
            raise Refused(PARTNER, "only a positive amount can be moved", code="invalid_amount")
        return intent


def _check_capture(intent: Intent, amount: int) -> None:
    """Refuse in the words every provider's adapter uses, where Stripe has one text for several reasons."""
    if intent.status == "canceled":
        ran_out = intent.cancellation_reason == BY_STRIPE
        code = "authorisation_expired" if ran_out else "authorisation_closed"
        raise Refused(
            PARTNER, "the authorisation has run out" if ran_out else "the authorisation was let go", code=code
        )
    if intent.status == "requires_capture" and amount > intent.amount_capturable:
        left = from_stripe(intent.amount_capturable, intent.currency)
        raise Refused(PARTNER, f"only {left} can be captured", code="beyond_authorised")


def _check_refund(intent: Intent, amount: int) -> None:
    charge = intent.charge
    left = intent.amount_received - (charge.amount_refunded if charge else 0)
    if amount > left:
        words = f"only {from_stripe(left, intent.currency)} of it can be given back"
        raise Refused(PARTNER, words, code="beyond_captured")


def _unknown(words: str) -> Refused:
    return Refused(PARTNER, words, code="unknown_authorisation")
