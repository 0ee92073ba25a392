"""Which adapter speaks to which partner: the settings name a kind, and here is what each kind means."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from activities.adapters.easypost.carriers import EasyPostCarriers
from activities.adapters.karrio.carriers import KarrioCarriers
from activities.adapters.sandbox.carriers import SandboxCarriers
from activities.adapters.sandbox.channels import SandboxChannels
from activities.adapters.sandbox.erp import SandboxErp
from activities.adapters.sandbox.notices import SandboxNotices
from activities.adapters.sandbox.payments import SandboxPayments
from activities.adapters.sandbox.warehouse import SandboxWarehouse
from activities.adapters.shipengine.carriers import ShipEngineCarriers
from activities.adapters.store.database import Database
from activities.adapters.store.parcels import SqlParcelBook
from activities.adapters.tryton.erp.adapter import TrytonErp
from activities.adapters.tryton.warehouse.warehouse import TrytonWarehouse
from activities.ports.carriage import Remembering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.partners import Carriers, Erp, Notices, Payments, Warehouse
    from activities.ports.stock import ChannelStock
    from models.settings import PartnerSettings, Settings

Port = TypeVar("Port")


def _stripe(settings: PartnerSettings) -> Payments:
    # Stripe's SDK takes a third of a second to import: only who pays through it waits for that.
    from activities.adapters.stripe.payments import StripePayments

    return StripePayments(settings)


def _several(settings: PartnerSettings) -> Carriers:
    # It makes adapters of the kinds below.
    from activities.adapters.carriage.several_settings import open_several

    return open_several(settings, CARRIERS)


ERPS: dict[str, Callable[[PartnerSettings], Erp]] = {"sandbox": SandboxErp, "tryton": TrytonErp}
WAREHOUSES: dict[str, Callable[[PartnerSettings], Warehouse]] = {"sandbox": SandboxWarehouse, "tryton": TrytonWarehouse}
PAYMENTS: dict[str, Callable[[PartnerSettings], Payments]] = {"sandbox": SandboxPayments, "stripe": _stripe}
CARRIERS: dict[str, Callable[[PartnerSettings], Carriers]] = {
    "sandbox": SandboxCarriers,
    "karrio": KarrioCarriers,
    "shipengine": ShipEngineCarriers,
    "easypost": EasyPostCarriers,
    "several": _several,
}
NOTICES: dict[str, Callable[[PartnerSettings], Notices]] = {"sandbox": SandboxNotices}
CHANNELS: dict[str, Callable[[PartnerSettings], ChannelStock]] = {"sandbox": SandboxChannels}


@runtime_checkable
class Closing(Protocol):
    """An adapter that holds connections."""

    async def close(self) -> None:
        """Close every connection."""


@dataclass(frozen=True)
class Partners:
    """An adapter to each partner."""

    erp: Erp
    warehouse: Warehouse
    payments: Payments
    carriers: Carriers
    notices: Notices
    channels: ChannelStock

    async def close(self) -> None:
        """Close every connection to every partner."""
        for field in fields(self):
            adapter = getattr(self, field.name)
            if isinstance(adapter, Closing):
                await adapter.close()


def open_partners(settings: Settings) -> Partners:
    """Make an adapter of the kind that each partner's settings name; nothing is connected yet.

    Raises:
        ValueError: there is no adapter of that kind; names the setting and the kinds there are.
    """
    return Partners(
        erp=_adapter("ERP", ERPS, settings.erp),
        warehouse=_adapter("WMS", WAREHOUSES, settings.wms),
        payments=_adapter("PAYMENT", PAYMENTS, settings.payment),
        carriers=_carriers(settings),
        notices=_adapter("NOTIFICATION", NOTICES, settings.notification),
        channels=_adapter("CHANNELS", CHANNELS, settings.channels),
    )


def _carriers(settings: Settings) -> Carriers:
    adapter = _adapter("CARRIER", CARRIERS, settings.carrier)
    if isinstance(adapter, Remembering):
        adapter.remember_in(SqlParcelBook(Database(settings.database)))
    return adapter


def _adapter(setting: str, kinds: Mapping[str, Callable[[PartnerSettings], Port]], settings: PartnerSettings) -> Port:
    try:
        kind = kinds[settings.kind]
    except KeyError:
        known = ", ".join(sorted(kinds))
        message = f"ORDERLOOM_{setting}__KIND is {settings.kind!r}, but there are only these kinds: {known}"
        raise ValueError(message) from None
    return kind(settings)
