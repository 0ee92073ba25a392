"""What shops say in words only: how fast, how paid, what for. Shops name these freely, so words decide."""

from __future__ import annotations

import re

from models.order.document import Delivery, ServiceLevel
from models.order.payment_terms import TenderKind
from models.order.pricing import ChargeKind

_EXPEDITED = re.compile(
    r"express(?!ion|ive)|expedit|priority|overnight|rush|same[ _-]?day|next[ _-]?(business[ _-]?)?day|\b1[ _-]?day\b"
    r"|\bone[ _-]?day\b|next[ _-]?flight|24 ?h\b|eilzustell|eilsendung|prioritaire|spoed|速達|翌日|即日|お急ぎ",
    re.IGNORECASE,
)
_NOT_EXPEDITED = re.compile(r"\b(non|not|no)[ _-]?(express|expedited|priority)", re.IGNORECASE)
_PICK_UP = re.compile(
    r"pick[ _-]?up|click[ _-]*(&|and|n)[ _-]*collect|in[ _-]?store|selbstabhol|abholung|afhalen", re.IGNORECASE
)
_ON_DELIVERY = re.compile(
    r"\bcod\b|cash[ _-]?on[ _-]?delivery|nachnahme|contre[ _-]?remboursement|contrareembolso|contrassegno"
    r"|rembours\b|代金引換|代引",
    re.IGNORECASE,
)
_ON_ACCOUNT = re.compile(
    r"invoice|purchase[ _-]?order|\bnet[ _-]?\d+\b|on[ _-]account|auf rechnung|sur facture", re.IGNORECASE
)
_TENDERS = (
    (TenderKind.GIFT_CARD, re.compile(r"gift[ _-]?(card|certificate|voucher)|gutschein", re.IGNORECASE)),
    (TenderKind.STORE_CREDIT, re.compile(r"store[ _-]?credit|shop[ _-]?credit|customer[ _-]?credit", re.IGNORECASE)),
    (TenderKind.BANK_TRANSFER, re.compile(r"bacs|bank|transfer|sepa|wire|ideal|sofort|vorkasse|cheque", re.IGNORECASE)),
    (
        TenderKind.WALLET,
        re.compile(r"paypal|ppcp|ppec|apple|google|amazon|klarna|alipay|wechat|afterpay|twint", re.IGNORECASE),
    ),
    (
        TenderKind.CARD,
        re.compile(
            r"card|visa|master|amex|american express|stripe|shopify_payments|woocommerce_payments|bogus|authorize"
            r"|braintree|adyen|square|mollie|worldpay|cybersource|checkout[ _-]?com|eway|payone",
            re.IGNORECASE,
        ),
    ),
    (TenderKind.CASH, re.compile(r"\bcash\b|\bcod\b|\bbar\b", re.IGNORECASE)),
)
_CHARGES = (
    (ChargeKind.GIFT_WRAP, re.compile(r"gift[ _-]?wrap|wrapping|geschenkverpackung", re.IGNORECASE)),
    (ChargeKind.TIP, re.compile(r"\btips?\b|gratuity|trinkgeld|pourboire", re.IGNORECASE)),
    (ChargeKind.HANDLING, re.compile(r"handling|packag|packing", re.IGNORECASE)),
    (ChargeKind.DUTY, re.compile(r"\bdut(y|ies)\b|customs|\bzoll", re.IGNORECASE)),
    (ChargeKind.SURCHARGE, re.compile(r"surcharge|fee\b|fees\b|zuschlag|gebühr|\bcod\b", re.IGNORECASE)),
)


def _said(texts: tuple[str | None, ...]) -> str:
    return " | ".join(text for text in texts if text)


def service_level(*texts: str | None) -> ServiceLevel:
    """How fast, by a shipping method's code and title."""
    said = _NOT_EXPEDITED.sub("", _said(texts))
    return ServiceLevel.EXPEDITED if _EXPEDITED.search(said) else ServiceLevel.STANDARD


def delivery(*texts: str | None) -> Delivery:
    """Whether the customer fetches it, by a shipping method's code and title."""
    return Delivery.PICK_UP if _PICK_UP.search(_said(texts)) else Delivery.SHIP


def on_delivery(*texts: str | None) -> bool:
    """Whether a payment method is paid at the door."""
    return _ON_DELIVERY.search(_said(texts)) is not None


def on_account(*texts: str | None) -> bool:
    """Whether a payment method is an invoice on terms."""
    return _ON_ACCOUNT.search(_said(texts)) is not None


def tender(*texts: str | None) -> TenderKind:
    """With what a payment method pays."""
    said = _said(texts)
    return next((kind for kind, pattern in _TENDERS if pattern.search(said)), TenderKind.OTHER)


def charge(*texts: str | None) -> ChargeKind:
    """What a charge is for."""
    said = _said(texts)
    return next((kind for kind, pattern in _CHARGES if pattern.search(said)), ChargeKind.OTHER)
