"""Who may tell of what: an event counts only where it comes from the partner whose affair it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import InvalidInput

if TYPE_CHECKING:
    from models.partners.events import PartnerEvent
    from models.stock.events import StockEvent

CALLBACK_QUARANTINE = "callback_"
"""Webhooks nobody can read are quarantined under this and the partner's name, as they came."""
FEED_QUARANTINE = "feed_"
"""Events that cannot be so, read from a partner's feed, are quarantined under this and its name, in our words."""
_NAME_MAX = 32
_STOCK, _CHANNEL = "stock.", "channel."
_PARTNERS = frozenset({"erp", "wms", "payment", "carrier", "notification"})
_KEEP_STOCK = frozenset({"erp", "wms"})
"""Who may tell of stock."""
_AT_A_TILL = frozenset({"stock.sold", "stock.returned"})
"""What a channel may tell of stock: a till takes goods from its shop's own shelf, and puts them back."""
_TELLS = {"wms": ("wms.", "carrier.")}
"""Whose events a partner tells of, where it is not only its own: a customer collects a parcel at the warehouse."""


def quarantined_feed(source: str) -> str:
    """Name what a feed's events are quarantined under; a very long name is cut to what the quarantine takes."""
    return (FEED_QUARANTINE + source)[:_NAME_MAX]


def check_source(source: str, event_type: str) -> None:
    """Refuse an event that is not for this partner to tell.

    Raises:
        InvalidInput: it is another's.
    """
    if event_type.startswith(_STOCK):
        allowed = source in _KEEP_STOCK or (event_type in _AT_A_TILL and source not in _PARTNERS)
    elif event_type.startswith(_CHANNEL):
        # Ours to tell, of what a channel says anew; never a partner's.
        allowed = source not in _PARTNERS
    else:
        allowed = event_type.startswith(_TELLS.get(source, (f"{source}.",)))
    if not allowed:
        raise InvalidInput.at("/type", "not_yours", f"is not for {source} to tell")


def checked(source: str, events: tuple[PartnerEvent | StockEvent, ...]) -> tuple[PartnerEvent | StockEvent, ...]:
    """Answer the events, each of which this partner may tell of.

    Raises:
        InvalidInput: one of them is another's.
    """
    for event in events:
        check_source(source, event.type)
    return events
