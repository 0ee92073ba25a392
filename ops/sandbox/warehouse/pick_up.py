"""The sandbox WMS's counter: goods lie ready for customers, who come after a while, or never."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models.partners.events import GoodsCollected, PickedLine, ReadyToCollect
from models.partners.warehouse import Release
from ops.sandbox.serving.callbacks import event_id
from ops.sandbox.warehouse.picking import Pick

if TYPE_CHECKING:
    from ops.sandbox.serving.records import Record
    from ops.sandbox.serving.service import Service
    from ops.sandbox.warehouse.picking import PickDials, Shelves

READY = "ready"
"""The state of a release whose goods lie at the counter."""
_RELEASE = "release"
_COLLECT = "collect"


class PickUp:
    """What lies at the counter."""

    def __init__(self, service: Service, shelves: Shelves) -> None:
        """Learn to hand over."""
        self._service = service
        self._shelves = shelves
        service.errands.learn(_COLLECT, self._collect)

    def ready(self, number: str, release: Record, asked: Release, found: tuple[PickedLine, ...]) -> None:
        """Lay goods ready, and have the customer come for them."""
        lines = [line.model_dump() for line in found]
        self._service.records.put(_RELEASE, number, release | {"state": READY, "found": lines})
        self._service.callbacks.tell(ReadyToCollect(**about(asked), release_key=asked.key, node=asked.node))
        if release["pick"] != Pick.NO_SHOW:
            dials: PickDials = self._service.board.dials
            self._service.errands.add(_COLLECT, asked.order_id, {"release": number}, dials.collect_delay_ms / 1000)

    def put_back(self, release: Record) -> None:
        """Put goods nobody collected on the shelf again."""
        asked = Release.model_validate_json(release["asked"])
        for line in release["found"]:
            self._shelves.change(asked.node, line["sku"], line["quantity"])

    async def _collect(self, body: dict[str, Any]) -> None:
        number = body["release"]
        with self._service.database.transaction():
            release = self._service.records.get(_RELEASE, number)
            if release is None or release["state"] != READY:
                return
            self._service.records.put(_RELEASE, number, release | {"state": "shipped"})
            asked = Release.model_validate_json(release["asked"])
            self._service.callbacks.tell(
                GoodsCollected(
                    **about(asked),
                    release_key=asked.key,
                    shipment_id=f"P-{self._service.records.number('shipment'):06}",
                    node=asked.node,
                    lines=tuple(PickedLine.model_validate(line) for line in release["found"]),
                )
            )


def about(release: Release) -> dict[str, Any]:
    """What every event about a release begins with."""
    return {"event_id": event_id(), "order_id": release.order_id, "occurred_at": datetime.now(UTC)}
