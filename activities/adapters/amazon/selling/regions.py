"""Amazon's regions: a seller's account, its endpoint and its tokens belong to one of them.

Source: Amazon's Selling Partner API documentation, "SP-API Endpoints" and "Marketplace IDs" (November 2026).
"""

from __future__ import annotations

from urllib.parse import urlsplit

LOGIN = "https://api.amazon.com/auth/o2/token"
"""Login with Amazon, the same for every region."""

_HOSTS = {
    "sellingpartnerapi-na.amazon.com": frozenset(
        {"ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8", "A2Q3Y263D00KWC"}
    ),
    "sellingpartnerapi-eu.amazon.com": frozenset(
        {
            "A28R8C7NBKEWEA",
            "A1RKKUPIHCS9HS",
            "A1F83G8C2ARO7P",
            "A13V1IB3VIYZZH",
            "AMEN7PMS3EDWL",
            "A1805IZSGTT6HS",
            "A1PA6795UKMFR9",
            "APJ6JRA9NG5V4",
            "A2NODRKZP88ZB9",
            "AE08WJ6YKNBMC",
            "A1C3SOZRARQ6R3",
            "ARBP9OOSHTCHU",
            "A33AVAJ2PDY3EV",
            "A17E79C6D8DWNP",
            "A2VIGQ35RCS4UG",
            "A21TJRUUN4KGV",
        }
    ),
    "sellingpartnerapi-fe.amazon.com": frozenset({"A19VAU5U5O7RUS", "A39IBJ37TRP1C6", "A1VC38T7YXB528"}),
}


def elsewhere(url: str, marketplaces: tuple[str, ...]) -> str | None:
    """The first marketplace that another region's endpoint serves; none where the endpoint is not Amazon's own."""
    served = _HOSTS.get(urlsplit(url).hostname or "")
    if served is None:
        return None
    others = frozenset().union(*_HOSTS.values()) - served
    return next((marketplace for marketplace in marketplaces if marketplace in others), None)
