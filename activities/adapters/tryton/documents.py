"""Which of a Tryton's books are meant: the ERP's, or the warehouse's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.erp.documents import TrytonDocuments
from activities.adapters.tryton.warehouse.documents import TrytonShipments
from models.reconciling.documents import Party

if TYPE_CHECKING:
    from collections.abc import Callable

    from activities.ports.reconciling import Documents
    from models.settings import PartnerSettings


def open_tryton(party: Party, settings: PartnerSettings) -> Documents:
    """Make the adapter for a party whose kind is ``tryton``.

    Raises:
        ValueError: Tryton stands for no such partner here, or an option is missing.
    """
    kinds: dict[Party, Callable[[PartnerSettings], Documents]] = {
        Party.ERP: TrytonDocuments,
        Party.WMS: TrytonShipments,
    }
    if party not in kinds:
        message = f"ORDERLOOM_{party.name}__KIND: Tryton keeps no documents of {party.value}"
        raise ValueError(message)
    return kinds[party](settings)
