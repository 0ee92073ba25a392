"""The sandbox WMS: takes releases, and after a while has picked, packed and handed over what lies on its shelves."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import httpx
from starlette.responses import Response

from activities.adapters.sandbox.wire import Counts, Receipt
from models.partners.asking import Done, Undo
from models.partners.events import ParcelMoved, ParcelShipped, PickedShort, ReleaseAcknowledged, ReleaseRejected
from models.partners.warehouse import RecallAnswer, Release
from models.states.fulfilment import ShipmentState
from ops.sandbox.callbacks import NotTakenError, event_id
from ops.sandbox.counter import Taken
from ops.sandbox.dials import Dials
from ops.sandbox.goods import load_goods
from ops.sandbox.moving import Moving
from ops.sandbox.picking import Pick, PickDials, picked
from ops.sandbox.problems import Refusal
from ops.sandbox.service import Options, Service

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from models.partners.events import PickedLine
    from ops.sandbox.records import Record

_RELEASE = "release"
_PICK = "pick"
_COLLECT = "collect"
_HAND_OVER = "hand_over"
_WITHIN_S = 15.0
_AFTER_THE_PARCEL_S = 0.2
_NO_PARCEL = {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}


class Wms(Service):
    """Keeps a release as what was asked and the state it is in: open, recalled, rejected or shipped."""

    dials: ClassVar[type[Dials]] = PickDials

    def __init__(self, options: Options) -> None:
        """Learn to pick."""
        super().__init__(options)
        self._goods = load_goods(options.goods)
        self._nodes = {node.name for node in self._goods.nodes}
        self._moving = Moving(self, self._goods)
        self._shelves = self._moving.shelves
        self._client = httpx.AsyncClient(timeout=_WITHIN_S, trust_env=False)
        self.errands.learn(_PICK, self._pick)
        self.errands.learn(_COLLECT, self._collect)
        self.errands.learn(_HAND_OVER, self._hand_over)

    async def close(self) -> None:
        """Close its connections and its memory."""
        await self._client.aclose()
        await self._moving.close()
        await super().close()

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        never = RecallAnswer(recalled=False, happened=False)
        return [
            self.counter.effect("/releases", "release", Release, Receipt[Done], act=self._release),
            self.counter.undo("/releases/recall", "recall", Undo, Receipt[RecallAnswer], act=self._recall, never=never),
            self.counter.route("/counts", "GET", "counts", self._counts),
            *self._moving.routes(),
        ]

    def _release(self, release: Release) -> Done:
        if release.node not in self._nodes:
            raise Refusal("unknown_node", f"there is no warehouse {release.node}")
        known = {article.sku for article in self._goods.items if article.stocked and not article.components}
        unknown = sorted({line.sku for line in release.lines} - known)
        if unknown:
            raise Refusal("unknown_item", f"not kept here: {', '.join(unknown)}"[:500])
        number = f"REL-{self.records.number(_RELEASE):06}"
        body = {"state": "open", "pick": self._next_pick().value, "asked": release.model_dump_json()}
        self.records.put(_RELEASE, number, body, release.key)
        self.callbacks.tell(ReleaseAcknowledged(**_about(release), release_key=release.key))
        self.errands.add(_PICK, release.order_id, {"release": number}, self.board.dials.pick_delay_ms / 1000)
        return Done(reference=number)

    def _next_pick(self) -> Pick:
        dials: PickDials = self.board.dials
        if not dials.pick_next:
            return Pick.WHOLE
        self.board.dials = dials.model_copy(update={"pick_next": dials.pick_next[1:]})
        return dials.pick_next[0]

    def _recall(self, undo: Undo) -> Taken[RecallAnswer] | None:
        found = self.records.by_key(_RELEASE, undo.key)
        if found is None:
            return None
        number, release = found
        changed = release["state"] == "open"
        if changed:
            release["state"] = "recalled"
            self.records.put(_RELEASE, number, release)
        return Taken(RecallAnswer(recalled=release["state"] != "shipped"), changed)

    async def _counts(self, _request: Request) -> Response:
        return Response(Counts(counts=self._shelves.counts()).model_dump_json(), media_type="application/json")

    async def _pick(self, body: dict[str, Any]) -> None:
        number = body["release"]
        with self.database.transaction():
            release = self.records.get(_RELEASE, number)
            if release is None or release["state"] != "open":
                return
            asked = Release.model_validate_json(release["asked"])
            if release["pick"] == Pick.REJECTED:
                self._end(number, release, "rejected")
                reason = "the warehouse does not take it on"
                self.callbacks.tell(ReleaseRejected(**_about(asked), release_key=asked.key, reason=reason))
                return
            found, short = picked(asked, self._shelves, Pick(release["pick"]))
            self._end(number, release, "shipped" if found else "rejected")
            if found:
                self._ship(asked, found)
            if short:
                # What has left is told first: it can be paid for while somebody decides about the rest.
                missing = PickedShort(**_about(asked), release_key=asked.key, lines=short)
                self.callbacks.tell(missing, _AFTER_THE_PARCEL_S if found else 0.0)

    def _end(self, number: str, release: Record, state: str) -> None:
        self.records.put(_RELEASE, number, release | {"state": state})

    def _ship(self, asked: Release, lines: tuple[PickedLine, ...]) -> None:
        shipment = f"P-{self.records.number('shipment'):06}"
        tracking = asked.tracking_number or f"COLLECT-{shipment}"
        self.callbacks.tell(
            ParcelShipped(
                **_about(asked),
                release_key=asked.key,
                shipment_id=shipment,
                node=asked.node,
                carrier=asked.carrier or "collection",
                tracking_number=tracking,
                lines=lines,
            )
        )
        if asked.tracking_number is None:
            body = {"order_id": asked.order_id, "tracking": tracking}
            self.errands.add(_COLLECT, asked.order_id, body, self.board.dials.collect_delay_ms / 1000)
        elif self.options.carrier_url:
            self.errands.add(_HAND_OVER, asked.order_id, {"tracking": tracking})

    async def _collect(self, body: dict[str, Any]) -> None:
        """Have the customer come for it: there is no carrier to say that it has arrived."""
        with self.database.transaction():
            self.callbacks.tell(
                ParcelMoved(
                    event_id=event_id(),
                    order_id=body["order_id"],
                    occurred_at=datetime.now(UTC),
                    tracking_number=body["tracking"],
                    state=ShipmentState.DELIVERED,
                    detail="collected by the customer",
                )
            )

    async def _hand_over(self, body: dict[str, Any]) -> None:
        url = f"{self.options.carrier_url}/parcels/{quote(body['tracking'], safe='')}/handover"
        response = await self._client.post(url)
        # A label the carrier does not know, or has voided, will not get better by asking again.
        if not response.is_success and response.status_code not in _NO_PARCEL:
            message = f"the carrier answered {response.status_code}"
            raise NotTakenError(message)


def _about(release: Release) -> dict[str, Any]:
    """What every event about a release begins with."""
    return {"event_id": event_id(), "order_id": release.order_id, "occurred_at": datetime.now(UTC)}
