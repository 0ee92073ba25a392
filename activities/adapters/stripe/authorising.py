"""Setting money aside: one PaymentIntent with manual capture for each authorisation (docs.stripe.com/payments)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from activities.adapters.http import LostReply, Nonsense
from activities.adapters.stripe.finding import CHARGE, JUST_NOW_S
from activities.adapters.stripe.means import Wallet
from activities.adapters.stripe.speaking.amounts import from_stripe, to_stripe
from activities.adapters.stripe.speaking.errors import PARTNER, declined
from activities.adapters.stripe.speaking.labels import AUTHENTICATION, ORDER, idempotency_key, marks
from activities.adapters.stripe.speaking.records import Intent, moment
from models.errors import Refused, Transient, Uncertain
from models.partners.payments import Authentication, Authorisation

if TYPE_CHECKING:
    from datetime import datetime

    from activities.adapters.stripe.finding import Finding
    from activities.adapters.stripe.speaking.account import Account
    from models.partners.payments import AuthorisationRequest

BY_STRIPE: Final = "automatic"
"""Why Stripe cancels an authorisation by itself: it has run out."""
_URL_MAX: Final = 500
_SET_ASIDE: Final = {"requires_capture", "succeeded"}


class Authorising:
    """Authorisations in one account."""

    def __init__(self, account: Account, finding: Finding) -> None:
        """Set money aside in this account."""
        self._account = account
        self._finding = finding
        self._wallet = Wallet(account)

    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        """Set money aside, once a key.

        What was made under the key is looked up first, since Stripe forgets keys after a day; a request that is too
        new to be found is known to Stripe by its key. After a lost reply it is looked up where nothing is missed.

        Raises:
            PartnerError: see `models.errors`.
        """
        if request.amount.amount <= 0:
            raise Refused(PARTNER, "only a positive amount can be set aside", code="invalid_amount")
        amount = to_stripe(request.amount)
        found = await self._finding.earlier(request.key)
        if found is None:
            found = await self._made(request, amount)
        return await self._answer(request, found)

    async def _made(self, request: AuthorisationRequest, amount: int) -> Intent:
        try:
            made = await self._create(request, amount)
        except (LostReply, Nonsense, Uncertain) as doubt:
            # Uncertain where the key is known already: an attempt of ours that was cut off may have made it.
            found = await self._finding.now(request.key, JUST_NOW_S)
            if found is not None:
                return found
            if isinstance(doubt, Uncertain):
                raise
            raise Transient(PARTNER, f"{doubt}; it was not done") from doubt
        # Where Stripe repeats its first answer, the payment may have moved on since.
        return await self._finding.intent(made.id) if made.status == "requires_action" else made

    async def _create(self, request: AuthorisationRequest, amount: int) -> Intent:
        means = await self._wallet.means(request)
        asked: Any = {
            "amount": amount,
            "currency": request.amount.currency.lower(),
            "payment_method": means.method,
            "payment_method_types": ["card"],
            "capture_method": "manual",
            "confirm": True,
            "metadata": marks(request),
            "expand": CHARGE,
        }
        if means.customer is not None:
            asked["customer"] = means.customer
        if not means.kept:
            asked["setup_future_usage"] = "off_session"
        if self._account.options.multicapture:
            asked["payment_method_options"] = {"card": {"request_multicapture": "if_available"}}
        options: Any = {"idempotency_key": idempotency_key(request.key)}
        create = self._account.api.payment_intents.create_async
        return await self._account.answer(Intent, create(asked, options))

    async def _answer(self, request: AuthorisationRequest, intent: Intent) -> Authorisation:
        amount = from_stripe(intent.amount, intent.currency)
        if (intent.metadata.get(ORDER), amount) != (request.order_id, request.amount):
            raise Uncertain(PARTNER, f"has {intent.id} of {amount} under the key of {request.amount}")
        if intent.status == "requires_action":
            return await self._waiting(intent, request)
        if intent.status not in _SET_ASIDE:
            raise _not_set_aside(intent)
        return Authorisation(
            reference=intent.id,
            amount=amount,
            expires_at=_expiry(intent),
            captures_once=not self._account.options.multicapture,
        )

    async def _waiting(self, intent: Intent, request: AuthorisationRequest) -> Authorisation:
        """Mark it, so that we are told what becomes of it, and say where the customer has to go."""
        if AUTHENTICATION not in intent.metadata:
            mark: Any = {"metadata": {AUTHENTICATION: "asked"}}
            await self._account.answer(Intent, self._account.api.payment_intents.update_async(intent.id, mark))
        redirect = intent.next_action.redirect_to_url if intent.next_action else None
        url = redirect.url if redirect else None
        return Authorisation(
            reference=intent.id,
            amount=request.amount,
            captures_once=not self._account.options.multicapture,
            authentication=Authentication(url=url if url and len(url) <= _URL_MAX else None),
        )


def _expiry(intent: Intent) -> datetime | None:
    """Until when it can be captured, by the card's rules; none where Stripe does not say."""
    details = intent.charge.payment_method_details if intent.charge else None
    card = details.card if details else None
    return moment(card.capture_before) if card and card.capture_before else None


def _not_set_aside(intent: Intent) -> Refused | Transient | Uncertain:
    if intent.status == "requires_payment_method":
        error = intent.last_payment_error
        said = (error.code, error.decline_code, error.message) if error else (None, None, None)
        return declined(*(words or "" for words in said))
    if intent.status == "canceled":
        ran_out = intent.cancellation_reason == BY_STRIPE
        code = "authorisation_expired" if ran_out else "authorisation_closed"
        return Refused(PARTNER, f"{intent.id} was let go", code=code)
    if intent.status == "processing":
        return Transient(PARTNER, f"{intent.id} is still being worked on")
    return Uncertain(PARTNER, f"{intent.id} stands at {intent.status}, which was not asked for")
