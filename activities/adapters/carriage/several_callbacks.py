"""Webhooks of several carriers at one address: each is told apart by how it is signed, and by what it looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.carriage.options import read_options
from activities.adapters.carriage.several_settings import SeveralOptions
from models.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.channels import CallbackFormat
    from models.partners.events import PartnerEvent
    from models.settings import PartnerSettings
    from models.stock.events import StockEvent


class SeveralCallbacks:
    """`CallbackFormat` of all of them."""

    def __init__(
        self, settings: PartnerSettings, kinds: Mapping[str, Callable[[PartnerSettings], CallbackFormat]]
    ) -> None:
        """Check each carrier's webhooks against its own `callback_secret`.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        carriers = read_options(SeveralOptions, settings).carriers.values()
        self._formats = [kinds[carrier.kind](carrier) for carrier in carriers if carrier.kind in kinds]

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check that it is one carrier's."""
        return any(one.verify(body, headers) for one in self._formats)

    def read(self, body: bytes) -> tuple[PartnerEvent | StockEvent, ...]:
        """Translate a webhook; empty where it is not about where a parcel is.

        Raises:
            InvalidInput: none of the carriers writes so.
        """
        error = InvalidInput.at("", "no_carrier", "is no webhook of any carrier that is set up")
        for one in self._formats:
            try:
                return one.read(body)
            except InvalidInput as unread:
                error = unread
        raise error
