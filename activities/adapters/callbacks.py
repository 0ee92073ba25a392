"""Which partners call us in their own words: by the kind of adapter that the settings name.

A kind that is not named here calls us as Standard Webhooks has it, with a `PartnerEvent` or a `StockEvent` as the body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.carriage.several_callbacks import SeveralCallbacks
from activities.adapters.easypost.callbacks import EasyPostCallbacks
from activities.adapters.karrio.callbacks import KarrioCallbacks
from activities.adapters.shipengine.callbacks import ShipEngineCallbacks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.channels import CallbackFormat, Callbacks
    from models.settings import PartnerSettings


def _stripe(settings: PartnerSettings) -> CallbackFormat:
    from activities.adapters.stripe.webhooks import StripeCallbacks

    return StripeCallbacks(settings)


def _several(settings: PartnerSettings) -> Callbacks:
    return SeveralCallbacks(settings, CALLBACKS)


CALLBACKS: dict[str, Callable[[PartnerSettings], Callbacks]] = {
    "stripe": _stripe,
    "karrio": KarrioCallbacks,
    "shipengine": ShipEngineCallbacks,
    "easypost": EasyPostCallbacks,
    "several": _several,
}


def callback_formats(partners: Mapping[str, PartnerSettings]) -> dict[str, Callbacks]:
    """Make the formats of those partners that have one of their own, by the partner's name.

    Raises:
        ValueError: an option that a format needs is missing or wrong; names the setting.
    """
    own = {name: settings for name, settings in partners.items() if settings.kind in CALLBACKS}
    return {name: CALLBACKS[settings.kind](settings) for name, settings in own.items()}
