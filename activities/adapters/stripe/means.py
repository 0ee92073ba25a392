"""What a customer pays with: a channel's token becomes a payment method at Stripe, which can be charged again.

A payment method that the shop has kept for its customer (``pm_...``) is charged as his. A bare card token
(``tok_...``) can be used once only, so its card is kept for a customer of its own, made for the order: goods that leave
in parcels are authorised several times where the account cannot capture several times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from activities.adapters.stripe.speaking.errors import PARTNER
from activities.adapters.stripe.speaking.labels import EFFECT, KEY, ORDER, digest, idempotency_key
from activities.adapters.stripe.speaking.records import Named, Page, PaymentMethod
from models.errors import Refused

if TYPE_CHECKING:
    from activities.adapters.stripe.speaking.account import Account
    from models.partners.payments import AuthorisationRequest

_METHODS: Final = ("pm_", "card_", "src_")
_Customers = Page[Named]
_Methods = Page[Named]


class Means(NamedTuple):
    """What is charged."""

    method: str
    customer: str | None = None
    """Whose it is, where Stripe knows."""
    kept: bool = True
    """Whether it can be charged again; else it is to be kept with this payment."""


class Wallet:
    """The means to pay of one account's customers."""

    def __init__(self, account: Account) -> None:
        """Look in this account."""
        self._account = account
        self._api = account.api

    async def means(self, request: AuthorisationRequest) -> Means:
        """Find or make what a request is paid with.

        Raises:
            Refused: the channel gave no token, or one that Stripe does not know.
        """
        token = self._at_stripe(request.token)
        if token.startswith(_METHODS):
            method = await self._account.answer(PaymentMethod, self._api.payment_methods.retrieve_async(token))
            return Means(method.id, method.customer)
        return await self._card(request.order_id, token)

    def _at_stripe(self, token: str | None) -> str:
        options = self._account.options
        known = options.tokens.get(token) if token else None
        found = known or options.test_token or token
        if not found:
            raise Refused(PARTNER, "the channel gave nothing to pay with", code="no_payment_method")
        return found

    async def _card(self, order_id: str, token: str) -> Means:
        owner = f"{order_id} {token}"
        customer = await self._customer(order_id, owner)
        call = self._api.customers.payment_methods.list_async(customer, {"type": "card", "limit": 1})
        kept = await self._account.answer(_Methods, call)
        if kept.data:
            return Means(kept.data[0].id, customer)
        made = self._api.payment_methods.create_async(
            {"type": "card", "card": {"token": token}},
            {"idempotency_key": idempotency_key(owner, "method")},
        )
        return Means((await self._account.answer(Named, made)).id, customer, kept=False)

    async def _customer(self, order_id: str, owner: str) -> str:
        """The customer made for an order's card: found, if the key under which he was made is forgotten by now."""
        if self._account.options.search:
            query = f'metadata["{EFFECT}"]:"{digest(owner)}"'
            call = self._api.customers.search_async({"query": query, "limit": 1})
            found = await self._account.answer(_Customers, call)
            if found.data:
                return found.data[0].id
        made = self._api.customers.create_async(
            {"metadata": {KEY: f"{order_id} card", ORDER: order_id, EFFECT: digest(owner)}},
            {"idempotency_key": idempotency_key(owner, "customer")},
        )
        return (await self._account.answer(Named, made)).id
