"""A Tryton that is the ERP, for tests: its own books on its own ports, and a look into the books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from activities.adapters.tryton.rest import Rest
from activities.adapters.tryton.wire import Domain, Read
from models.money import Money
from models.settings import PartnerSettings
from ops.partners.program import running
from ops.partners.tryton.erp import ERP
from ops.partners.tryton.server.installation import Ports


@dataclass(frozen=True)
class Office:
    """One that runs."""

    url: str
    facts: dict[str, Any]

    def settings(self, url: str = "", timeout_s: float = 60.0, **options: Any) -> PartnerSettings:
        """What our adapter is told; `url` where it is to come another way."""
        known = {**self.facts["options"], **options}
        return PartnerSettings(
            kind="tryton", url=url or self.url, key=SecretStr(self.facts["key"]), timeout_s=timeout_s, options=known
        )

    def clerk(self) -> Rest:
        """A look into the books, by the same interface."""
        return Rest("erp", self.settings(), {"company": self.facts["options"]["company"]})


@contextmanager
def office(folder: Path, *, workers: int = 2, later: bool = False) -> Iterator[Office]:
    """Install and run one with two workers, which meet each other's locks.

    Args:
        folder: where its books are.
        workers: processes that answer.
        later: whether confirmed orders are processed in the background.
    """

    def say(_line: str) -> None:
        return

    facts = ERP.install(folder, say)
    ports = Ports.free(say)
    with running(ERP.programs(folder, ports, workers=workers, later=later), folder / "logs"):
        yield Office(ERP.url(ports), facts)


class _Code(Read):
    code: str


class _Totalled(Read):
    total_amount: Decimal
    currency: _Code

    @property
    def money(self) -> Money:
        return Money.of_major(self.total_amount, self.currency.code)


class Line(Read):
    """A line of a document."""

    quantity: float | None
    unit_price: Decimal | None
    amount: Decimal | None
    description: str | None


class Tax(Read):
    """A tax of a document."""

    description: str
    base: Decimal
    amount: Decimal


class Bill(_Totalled):
    """An invoice or credit note, as it stands."""

    number: str | None
    state: str
    untaxed_amount: Decimal
    tax_amount: Decimal
    lines: list[Line]
    taxes: list[Tax]


class Sale(_Totalled):
    """A sale, as it stands."""

    number: str | None
    state: str
    shipment_state: str
    invoice_state: str
    lines: list[Line]
    shipments: list[Delivery]


class Address(Read):
    party_name: str | None
    street: str | None
    postal_code: str | None
    city: str | None


class _Written(Read):
    description: str | None
    shipment_address: Address


class _Coded(Read):
    code: str | None


class Move(Read):
    """What was moved."""

    product: _Coded
    quantity: float
    state: str


class Delivery(Read):
    """A delivery, as it stands."""

    reference: str | None
    state: str
    warehouse: _Coded
    outgoing_moves: list[Move]
    effective_date: Any


class _Stated(Read):
    state: str
    write_date: datetime | None


class _Quantity(Read):
    quantity: float | None


class _Purchase(_Stated):
    lines: list[_Quantity]


@dataclass
class TrytonBooks:
    """The books themselves."""

    clerk: Rest

    async def orders(self, key: str) -> list[Money]:
        found = await self.clerk.find("sale.sale", Sale, _of(key))
        return [sale.money for sale in found if any(line.quantity for line in sale.lines) and sale.state != "cancelled"]

    async def invoices(self, key: str) -> list[Money]:
        return [bill.money for bill in await self.bills(key)]

    async def memos(self, key: str) -> list[Money]:
        return [Money(amount=-bill.money.amount, currency=bill.money.currency) for bill in await self.bills(key)]

    async def purchases(self, key: str) -> int:
        asked = await self.clerk.find("purchase.requisition", _Stated, [["description", "=", key]])
        bought = await self.clerk.find("purchase.purchase", _Purchase, _of(key))
        wanted = [one for one in bought if any(line.quantity for line in one.lines) and one.state != "cancelled"]
        return len([one for one in asked if one.state != "cancelled"]) + len(wanted)

    async def written_on(self, key: str) -> str:
        [sale] = await self.clerk.find("sale.sale", _Written, _of(key))
        address = sale.shipment_address
        parts = (sale.description, address.party_name, address.street, address.postal_code, address.city)
        return "\n".join(part for part in parts if part)

    async def bills(self, key: str) -> list[Bill]:
        """Posted invoices and credit notes under a key."""
        states = ["posted", "paid"]
        return await self.clerk.find("account.invoice", Bill, [*_of(key), ["state", "in", states]])

    async def sale(self, key: str) -> Sale:
        """The one sale under a key."""
        [sale] = await self.clerk.find("sale.sale", Sale, _of(key))
        return sale


def _of(key: str) -> Domain:
    return [["reference", "=", key]]
