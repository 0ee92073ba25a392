"""Which adapter speaks to which partner: the settings name a kind, and here is what each kind means."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from activities.adapters.sandbox.carriers import SandboxCarriers
from activities.adapters.sandbox.channels import SandboxChannels
from activities.adapters.sandbox.erp import SandboxErp
from activities.adapters.sandbox.notices import SandboxNotices
from activities.adapters.sandbox.payments import SandboxPayments
from activities.adapters.sandbox.warehouse import SandboxWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.partners import Carriers, Erp, Notices, Payments, Warehouse
    from activities.ports.stock import ChannelStock
    from models.settings import PartnerSettings, Settings

Port = TypeVar("Port")

ERPS: dict[str, Callable[[PartnerSettings], Erp]] = {"sandbox": SandboxErp}
WAREHOUSES: dict[str, Callable[[PartnerSettings], Warehouse]] = {"sandbox": SandboxWarehouse}
PAYMENTS: dict[str, Callable[[PartnerSettings], Payments]] = {"sandbox": SandboxPayments}
CARRIERS: dict[str, Callable[[PartnerSettings], Carriers]] = {"sandbox": SandboxCarriers}
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
        carriers=_adapter("CARRIER", CARRIERS, settings.carrier),
        notices=_adapter("NOTIFICATION", NOTICES, settings.notification),
        channels=_adapter("CHANNELS", CHANNELS, settings.channels),
    )


def _adapter(setting: str, kinds: Mapping[str, Callable[[PartnerSettings], Port]], settings: PartnerSettings) -> Port:
    try:
        kind = kinds[settings.kind]
    except KeyError:
        known = ", ".join(sorted(kinds))
        message = f"ORDERLOOM_{setting}__KIND is {settings.kind!r}, but there are only these kinds: {known}"
        raise ValueError(message) from None
    return kind(settings)
