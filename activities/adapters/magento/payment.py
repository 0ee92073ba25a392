"""How a Magento order is paid: Magento names methods by code, and says what has been taken and what only authorised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.magento.payload import NOTHING, Payment
from activities.adapters.storefront import text, words
from models.errors import InvalidInput
from models.money import Money
from models.order.document import ChannelRisk
from models.order.payment_terms import Payment as OrderPayment
from models.order.payment_terms import PaymentTerms, Tender, TenderKind

if TYPE_CHECKING:
    from activities.adapters.magento.payload import MagentoOrder

_ON_ACCOUNT = {"purchaseorder", "companycredit"}
_KINDS = {
    "checkmo": TenderKind.OTHER,
    "banktransfer": TenderKind.BANK_TRANSFER,
    "cashondelivery": TenderKind.CASH,
    "purchaseorder": TenderKind.ACCOUNT,
    "companycredit": TenderKind.ACCOUNT,
}
_HELD = {"payment_review", "pending_payment", "holded"}
_TOKEN = re.compile(r"[A-Za-z0-9_.:=/+-]{1,200}")
_CARD_NUMBER = re.compile(r"\d{12,19}")


@dataclass(frozen=True)
class Paid:
    """How an order is paid."""

    order: MagentoOrder
    rest: Money
    """What the payment method has to bring: the grand total, gift cards and the like taken off."""
    at: str

    @property
    def _payment(self) -> Payment:
        return self.order.payment or Payment()

    @property
    def _taken(self) -> Money:
        said = self.order.total_paid if self.order.total_paid is not None else self._payment.amount_paid
        taken = Money.rounded(said or NOTHING, self.rest.currency)
        return min(taken, self.rest)

    def terms(self) -> PaymentTerms:
        """Who takes the money, and when.

        Money that is only authorised is ours to take when we ship. A method that has neither taken nor authorised it
        (a cheque or transfer that has not come yet) leaves the taking to the shop: prepaid, and `risk` has a person
        look before anything is sent.
        """
        method = self._payment.method or ""
        if method in _ON_ACCOUNT:
            return PaymentTerms.ACCOUNT
        if words.on_delivery(method, method.replace("cashondelivery", "cash on delivery")):
            return PaymentTerms.CASH_ON_DELIVERY
        if (self._payment.amount_authorized or NOTHING) > 0 and self._taken < self.rest:
            return PaymentTerms.CAPTURE_ON_SHIPMENT
        return PaymentTerms.PREPAID

    def risk(self) -> ChannelRisk:
        """What the shop's state says: suspected fraud, a review, a hold, or money that has not come."""
        if self.order.status == "fraud":
            return ChannelRisk.HIGH
        waits = self.terms() is PaymentTerms.PREPAID and self._taken < self.rest
        return ChannelRisk.REVIEW if self.order.state in _HELD or waits else ChannelRisk.NONE

    def payment(self, total: Money) -> OrderPayment:
        """Put it together.

        Args:
            total: what goods, shipping and charges come to.

        Raises:
            InvalidInput: an amount that makes no sense.
        """
        terms = self.terms()
        on_account = terms is PaymentTerms.ACCOUNT
        return OrderPayment(
            terms=terms,
            tenders=(*self._vouchers(total.currency), *self._tenders()),
            refunded=self._refunded(total),
            purchase_order=text.line(self._payment.po_number) if on_account else None,
        )

    def _vouchers(self, currency: str) -> list[Tender]:
        more = self.order.more
        paid = (
            (TenderKind.GIFT_CARD, more.gift_cards_amount, "Gift card"),
            (TenderKind.STORE_CREDIT, more.customer_balance_amount, "Store credit"),
            (TenderKind.OTHER, more.reward_currency_amount, "Reward points"),
        )
        return [
            Tender(kind=kind, amount=Money.rounded(amount, currency), captured=True, name=name)
            for kind, amount, name in paid
            if amount
        ]

    def _tenders(self) -> list[Tender]:
        method = self._payment.method or ""
        kind = _KINDS.get(method) or words.tender(method, self._payment.cc_type and "card")
        name = text.line(method)
        token = self._token()
        open_amount = self.rest - self._taken
        tenders = [
            Tender(kind=kind, amount=amount, captured=captured, token=token, name=name)
            for amount, captured in ((self._taken, True), (open_amount, False))
            if amount
        ]
        # Nobody else takes part of what is owed on account or at the door.
        if self.terms() in {PaymentTerms.ACCOUNT, PaymentTerms.CASH_ON_DELIVERY}:
            return [tender.model_copy(update={"token": None}) for tender in tenders]
        return tenders

    def _token(self) -> str | None:
        payment = self._payment
        vault = payment.extension_attributes.vault_payment_token if payment.extension_attributes else None
        for token in (payment.last_trans_id, payment.cc_trans_id, vault.public_hash if vault else None):
            # A number that may be a card's is not worth keeping.
            if token and _TOKEN.fullmatch(token) and not _CARD_NUMBER.fullmatch(token):
                return token
        return None

    def _refunded(self, total: Money) -> Money | None:
        refunded = Money.rounded(self.order.total_refunded or NOTHING, total.currency)
        if not 0 <= refunded.amount <= total.amount:
            message = f"is {refunded}, but the order came to {total}"
            raise InvalidInput.at(f"{self.at}/total_refunded", "refunded", message)
        return refunded or None
