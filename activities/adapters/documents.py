"""Which adapter lists which partner's documents: the settings name a kind, as for everything else asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.karrio.documents import KarrioDocuments
from activities.adapters.partners import Closing
from activities.adapters.sandbox.documents import SandboxDocuments
from activities.adapters.tryton.documents import open_tryton
from models.reconciling.documents import Party

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.reconciling import Documents
    from models.settings import PartnerSettings, Settings


def _stripe(party: Party, settings: PartnerSettings) -> Documents:
    from activities.adapters.stripe.documents import StripeDocuments

    return StripeDocuments(party, settings)


DOCUMENTS: dict[str, Callable[[Party, PartnerSettings], Documents]] = {
    "sandbox": SandboxDocuments,
    "karrio": KarrioDocuments,
    "stripe": _stripe,
    "tryton": open_tryton,
}


def open_documents(settings: Settings) -> dict[Party, Documents]:
    """Make an adapter for each partner that can list its documents; nothing is connected yet.

    A partner of another kind is left out: what would be compared with it is skipped, and says so.
    """
    partners = {
        Party.ERP: settings.erp,
        Party.PAYMENT: settings.payment,
        Party.WMS: settings.wms,
        Party.CARRIER: settings.carrier,
    }
    return {
        party: DOCUMENTS[partner.kind](party, partner)
        for party, partner in partners.items()
        if partner.kind in DOCUMENTS
    }


async def close_documents(documents: Mapping[Party, Documents]) -> None:
    """Close every connection to every partner."""
    for adapter in documents.values():
        if isinstance(adapter, Closing):
            await adapter.close()
