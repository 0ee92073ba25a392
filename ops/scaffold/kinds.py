"""The kinds of systems that are connected: which port each answers, which contract it keeps, where it is named."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A class, and the module it is in."""

    module: str
    name: str

    @property
    def path(self) -> str:
        """The module's file, from the top of the project."""
        return f"{self.module.replace('.', '/')}.py"


@dataclass(frozen=True)
class Kind:
    """One kind of system."""

    name: str
    noun: str
    """As a person calls it: ``a payment provider``."""
    port: Place
    suffix: str
    """What the adapter's class name ends in: ``AcmeErp``."""
    contract: Place
    books: Place
    """What a contract suite needs of the system, past the adapter; of a suite with a stand, beside the stand."""
    stand: Place | None
    """All that the suite is given in hand, where that is more than an adapter and its books."""
    setting: str
    """Where its settings are: ``ORDERLOOM_ERP__``; those of a shop are one document."""
    registry: Place
    """The table in which its name is entered."""


_PARTNERS = "activities.ports.partners"
_TABLES = "activities.adapters.partners"
FORMAT = Place(_PARTNERS, "ChannelFormat")
"""What a channel needs beside its port: the format of its orders."""
FORMATS = Place("activities.adapters.channel_formats", "FORMATS")

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="erp",
            noun="an ERP",
            port=Place(_PARTNERS, "Erp"),
            suffix="Erp",
            contract=Place("tests.contracts.erp", "ErpContract"),
            books=Place("tests.contracts.erp", "Books"),
            stand=Place("tests.contracts.erp", "Stand"),
            setting="ORDERLOOM_ERP__",
            registry=Place(_TABLES, "ERPS"),
        ),
        Kind(
            name="warehouse",
            noun="a warehouse",
            port=Place(_PARTNERS, "Warehouse"),
            suffix="Warehouse",
            contract=Place("tests.contracts.warehouse", "WarehouseContract"),
            books=Place("tests.contracts.warehouse", "Books"),
            stand=Place("tests.contracts.warehouse", "Stand"),
            setting="ORDERLOOM_WMS__",
            registry=Place(_TABLES, "WAREHOUSES"),
        ),
        Kind(
            name="payments",
            noun="a payment provider",
            port=Place(_PARTNERS, "Payments"),
            suffix="Payments",
            contract=Place("tests.contracts.payments.contract", "PaymentsContract"),
            books=Place("tests.contracts.payments.books", "PaymentBooks"),
            stand=None,
            setting="ORDERLOOM_PAYMENT__",
            registry=Place(_TABLES, "PAYMENTS"),
        ),
        Kind(
            name="carriers",
            noun="a carrier",
            port=Place(_PARTNERS, "Carriers"),
            suffix="Carriers",
            contract=Place("tests.contracts.carriers", "CarriersContract"),
            books=Place("tests.contracts.carriage.books", "CarrierBooks"),
            stand=None,
            setting="ORDERLOOM_CARRIER__",
            registry=Place(_TABLES, "CARRIERS"),
        ),
        Kind(
            name="channel",
            noun="a sales channel",
            port=Place("activities.ports.channels", "Channel"),
            suffix="Channel",
            contract=Place("tests.contracts.channel", "ChannelContract"),
            books=Place("tests.contracts.channels.books", "ChannelBooks"),
            stand=None,
            setting="ORDERLOOM_SHOPS",
            registry=Place("activities.adapters.shops", "SHOPS"),
        ),
    )
}
