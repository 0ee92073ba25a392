"""Webhooks of several carriers at one address: who signed one decides how it is read, whatever it looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.carriage.options import read_options
from activities.adapters.carriage.several_settings import SeveralOptions
from activities.callbacks import signer_of
from models.errors import InvalidInput, PartnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.channels import CallbackReader, Callbacks
    from models.partners.events import PartnerEvent
    from models.settings import PartnerSettings
    from models.stock.events import StockEvent


class SeveralCallbacks:
    """`CallbackSigners` of all of them."""

    def __init__(self, settings: PartnerSettings, kinds: Mapping[str, Callable[[PartnerSettings], Callbacks]]) -> None:
        """Check each carrier's webhooks as its own kind is checked.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        carriers = read_options(SeveralOptions, settings).carriers.values()
        self._formats = [kinds[carrier.kind](carrier) for carrier in carriers if carrier.kind in kinds]

    async def signer(self, body: bytes, headers: Mapping[str, str]) -> CallbackReader | None:
        """Find the carrier whose signature fits; one that cannot be asked for its keys does not hold up the others.

        Raises:
            PartnerError: none fits, and one could not be asked.
        """
        away: PartnerError | None = None
        for one in self._formats:
            try:
                signer = await signer_of(one, body, headers)
            except PartnerError as error:
                away = error
                continue
            if signer is not None:
                return signer
        if away is not None:
            raise away
        return None

    def read(self, body: bytes) -> tuple[PartnerEvent | StockEvent, ...]:
        """Translate what was kept without its signature, if only one of the carriers can have written it.

        Raises:
            InvalidInput: none of the carriers writes so, or more than one does and they do not mean the same.
        """
        error = InvalidInput.at("", "no_carrier", "is no webhook of any carrier that is set up")
        readings: set[tuple[PartnerEvent | StockEvent, ...]] = set()
        for one in self._formats:
            try:
                readings.add(one.read(body))
            except InvalidInput as unread:
                error = unread
        if len(readings) > 1:
            raise InvalidInput.at(
                "", "several_carriers", "can be read as more than one carrier's, and says other things"
            )
        if not readings:
            raise error
        return readings.pop()
