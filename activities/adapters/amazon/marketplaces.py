"""Amazon's marketplaces: which currency each sells in, and whether its prices include tax."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Marketplace:
    """One country's shop."""

    currency: str
    taxes_included: bool = True
    """VAT and consumption tax lie in the price; sales tax is added to it."""


_MARKETPLACES = {
    "ATVPDKIKX0DER": Marketplace("USD", taxes_included=False),
    "A2EUQ1WTGCTBG2": Marketplace("CAD", taxes_included=False),
    "A1AM78C64UM0Y8": Marketplace("MXN"),
    "A2Q3Y263D00KWC": Marketplace("BRL"),
    "A1F83G8C2ARO7P": Marketplace("GBP"),
    "A28R8C7NBKEWEA": Marketplace("EUR"),
    "A1PA6795UKMFR9": Marketplace("EUR"),
    "A13V1IB3VIYZZH": Marketplace("EUR"),
    "APJ6JRA9NG5V4": Marketplace("EUR"),
    "A1RKKUPIHCS9HS": Marketplace("EUR"),
    "A1805IZSGTT6HS": Marketplace("EUR"),
    "AMEN7PMS3EDWL": Marketplace("EUR"),
    "A2NODRKZP88ZB9": Marketplace("SEK"),
    "A1C3SOZRARQ6R3": Marketplace("PLN"),
    "A33AVAJ2PDY3EV": Marketplace("TRY"),
    "ARBP9OOSHTCHU": Marketplace("EGP"),
    "A17E79C6D8DWNP": Marketplace("SAR"),
    "A2VIGQ35RCS4UG": Marketplace("AED"),
    "AE08WJ6YKNBMC": Marketplace("ZAR"),
    "A21TJRUUN4KGV": Marketplace("INR"),
    "A19VAU5U5O7RUS": Marketplace("SGD"),
    "A39IBJ37TRP1C6": Marketplace("AUD"),
    "A1VC38T7YXB528": Marketplace("JPY"),
}
_TAX_ON_TOP = {"USD", "CAD"}


def marketplace(marketplace_id: str | None, currency: str | None) -> Marketplace | None:
    """The marketplace by its id; where that is new to us, what its currency lets one expect."""
    known = _MARKETPLACES.get(marketplace_id or "")
    if known is not None or currency is None:
        return known
    return Marketplace(currency, taxes_included=currency not in _TAX_ON_TOP)
