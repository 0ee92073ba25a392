"""A Tryton that is a warehouse, for tests: its own books on its own ports, its people, and a look into the books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from activities.adapters.tryton.rest import Rest
from activities.adapters.tryton.warehouse.drafting import INTERNAL, OUT
from activities.adapters.tryton.warehouse.warehouse import TrytonWarehouse
from activities.adapters.tryton.wire import Read
from models.partners.events import PartnerEvent
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings
from models.stock.events import StockEvent
from ops.partners.program import running
from ops.partners.tryton.hands import Care, Hands
from ops.partners.tryton.server.installation import Ports
from ops.partners.tryton.wms import WMS
from tests.contracts.warehouses.stand import Carrying

_CARES = {Carrying.SHORT: Care.SHORT, Carrying.REJECT: Care.REJECT}


@dataclass(frozen=True)
class Hall:
    """One that runs."""

    url: str
    facts: dict[str, Any]

    def settings(self, url: str = "", timeout_s: float = 60.0, **options: Any) -> PartnerSettings:
        """What our adapter is told; `url` where it is to come another way."""
        known = {"company": self.facts["company"], "begins": self.facts["begins"]}
        key = SecretStr(self.facts["key"])
        return PartnerSettings(
            kind="tryton", url=url or self.url, key=key, timeout_s=timeout_s, options={**known, **options}
        )

    def people(self) -> Rest:
        """The REST interface with the key of the warehouse's own people."""
        settings = PartnerSettings(url=self.url, key=SecretStr(self.facts["hands"]), timeout_s=60)
        return Rest("wms", settings, {"company": self.facts["company"]})


@contextmanager
def hall(folder: Path) -> Iterator[Hall]:
    """Install and run one with two workers, which meet each other's locks."""

    def say(_line: str) -> None:
        return

    facts = WMS.install(folder, say)
    ports = Ports.free(say)
    with running(WMS.programs(folder, ports, workers=2), folder / "logs"):
        yield Hall(WMS.url(ports), facts)


class _Numbered(Read):
    state: str


class _Address(Read):
    party_name: str | None
    street_unstructured: str | None
    postal_code: str | None
    city: str | None


class _Addressed(Read):
    delivery_address: _Address


@dataclass
class TrytonBooks:
    """The books themselves, by the way of the warehouse's own people."""

    hall: Hall
    people: Rest
    feed: TrytonWarehouse
    """Reads what is told, once for all tests."""
    events: dict[str, PartnerEvent | StockEvent] = field(default_factory=dict)
    """All that was told, by its id; the first telling counts."""
    cursor: str | None = None

    @property
    def hands(self) -> Hands:
        """The people."""
        return Hands(self.people)

    async def releases(self, key: str) -> int:
        return len(await self.living(OUT, key))

    async def transfers(self, key: str) -> int:
        return len(await self.living(INTERNAL, key))

    async def sent_to(self, key: str) -> str:
        [shipment] = await self.people.find(OUT, _Addressed, [["reference", "=", key]])
        address = shipment.delivery_address
        parts = (address.party_name, address.street_unstructured, address.postal_code, address.city)
        return "\n".join(part for part in parts if part)

    async def carry_out(self, key: str, how: Carrying) -> None:
        await self.send(key, _CARES.get(how, Care.WHOLE))

    async def told(self, order_id: str) -> list[PartnerEvent]:
        await self.listen()
        return [event for event in self.events.values() if _order_of(event) == order_id]  # type: ignore[misc]

    async def send(self, key: str, care: Care) -> None:
        """Have a release carried out."""
        [shipment] = await self.living(OUT, key)
        await self.hands.send(shipment.id, care)

    async def carry_out_all(self) -> None:
        """Have all there is to do done."""
        await self.hands.work(lambda: Care.WHOLE)

    async def listen(self) -> list[PartnerEvent | StockEvent]:
        """Read on to the end; answers what was not told before."""
        fresh: list[PartnerEvent | StockEvent] = []
        while True:
            page = await self.feed.since(FeedQuery(cursor=self.cursor))
            self.cursor = page.cursor
            fresh += [event for event in page.events if event.event_id not in self.events]
            self.events |= {event.event_id: event for event in fresh if event.event_id not in self.events}
            if not page.more:
                return fresh

    async def living(self, model: str, key: str) -> list[_Numbered]:
        """Shipments under a key that are not cancelled."""
        where = [["reference", "=", key], ["state", "!=", "cancelled"]]
        return await self.people.find(model, _Numbered, where)


def _order_of(event: PartnerEvent | StockEvent) -> str | None:
    return None if event.type.startswith("stock.") else event.order_id  # type: ignore[union-attr]
