"""The sandbox WMS: takes releases, and after a while has picked, packed and handed over what lies on its shelves."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import httpx
from starlette.responses import Response
from starlette.routing import Route

from activities.adapters.sandbox.wire import Counts, Receipt
from models.errors import InvalidInput
from models.partners.asking import Done, Undo
from models.partners.events import ParcelShipped, PickedShort, ReleaseAcknowledged, ReleaseRejected
from models.partners.warehouse import RecallAnswer, Release, ReleaseEnquiry, ReleaseStanding, ReleaseState
from models.stock.events import GoodsReturned, StockLine
from models.strict_json import read
from ops.sandbox.goods import load_goods
from ops.sandbox.serving.callbacks import NotTakenError, event_id
from ops.sandbox.serving.counter import Taken
from ops.sandbox.serving.dials import Dials
from ops.sandbox.serving.problems import Refusal, problem
from ops.sandbox.serving.service import Options, Service
from ops.sandbox.warehouse.between import PARCELS_BACK, ParcelBack
from ops.sandbox.warehouse.moving import Moving
from ops.sandbox.warehouse.pick_up import READY, PickUp, about
from ops.sandbox.warehouse.picking import Pick, PickDials, picked

if TYPE_CHECKING:
    from starlette.requests import Request

    from models.partners.events import PickedLine
    from ops.sandbox.serving.records import Record

_RELEASE = "release"
_PICK = "pick"
_FORGET = "forget"
_HAND_OVER = "hand_over"
_SENT = "sent"
_STATES = {
    READY: ReleaseState.PICKED,
    "shipped": ReleaseState.SHIPPED,
    "recalled": ReleaseState.RECALLED,
    "rejected": ReleaseState.REJECTED,
}
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
        self.errands.learn(_FORGET, self._forget)
        self._pick_up = PickUp(self, self._shelves)
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
            self.counter.question("/releases/enquiries", "status", ReleaseEnquiry, self._status),
            Route(PARCELS_BACK, self._take_back, methods=["POST"]),
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
        number, pick = f"REL-{self.records.number(_RELEASE):06}", self._next_pick()
        if pick is Pick.FORGOTTEN:
            self.errands.add(_FORGET, release.order_id, {"key": release.key})
            return Done(reference=number)
        body = {"state": "open", "pick": pick.value, "asked": release.model_dump_json()}
        self.records.put(_RELEASE, number, body, release.key)
        if pick is Pick.SILENT:
            return Done(reference=number)
        self.callbacks.tell(ReleaseAcknowledged(**about(release), release_key=release.key))
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
        changed = release["state"] in {"open", READY}
        if release["state"] == READY:
            self._pick_up.put_back(release)
        if changed:
            release["state"] = "recalled"
            self.records.put(_RELEASE, number, release)
        return Taken(RecallAnswer(recalled=release["state"] != "shipped"), changed)

    def _status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        found = self.records.by_key(_RELEASE, enquiry.release_key)
        if found is None:
            return ReleaseStanding(state=ReleaseState.UNKNOWN)
        _, release = found
        if release["state"] == "open":
            silent = release["pick"] == Pick.SILENT
            return ReleaseStanding(state=ReleaseState.RELEASED if silent else ReleaseState.ACKNOWLEDGED)
        return ReleaseStanding(state=_STATES[release["state"]])

    async def _forget(self, body: dict[str, Any]) -> None:
        with self.database.transaction():
            self.journal.forget(body["key"])

    async def _take_back(self, request: Request) -> Response:
        """Take in a parcel that nobody took from the carrier, and put what is in it where it can be looked at."""
        try:
            came = read(ParcelBack, await request.body())
        except InvalidInput as error:
            return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))
        with self.database.transaction():
            parcel = self.records.get(_SENT, came.tracking_number)
            if parcel is not None and not parcel["back"]:
                self.records.put(_SENT, came.tracking_number, parcel | {"back": True})
                lines = tuple(StockLine.model_validate(line) for line in parcel["lines"])
                for line in lines:
                    self._shelves.change(parcel["node"], line.sku, line.quantity)
                about = {"order_id": parcel["order_id"], "node": parcel["node"], "lines": lines}
                self.callbacks.tell(
                    GoodsReturned(
                        **about,
                        event_id=event_id(),
                        occurred_at=datetime.now(UTC),
                        document=came.tracking_number,
                        reason="returned to sender",
                    )
                )
        return Response(status_code=HTTPStatus.NO_CONTENT)

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
                self.callbacks.tell(ReleaseRejected(**about(asked), release_key=asked.key, reason=reason))
                return
            found, short = picked(asked, self._shelves, Pick(release["pick"]))
            collects = bool(found) and asked.tracking_number is None
            if collects:
                self._pick_up.ready(number, release, asked, found)
            else:
                self._end(number, release, "shipped" if found else "rejected")
            if found and not collects:
                self._ship(asked, found, asked.tracking_number or "")
            if short:
                # What has left is told first: it can be paid for while somebody decides about the rest.
                missing = PickedShort(**about(asked), release_key=asked.key, lines=short)
                self.callbacks.tell(missing, _AFTER_THE_PARCEL_S if found else 0.0)

    def _end(self, number: str, release: Record, state: str) -> None:
        self.records.put(_RELEASE, number, release | {"state": state})

    def _ship(self, asked: Release, lines: tuple[PickedLine, ...], tracking: str) -> None:
        shipment = f"P-{self.records.number('shipment'):06}"
        sent = [{"sku": line.sku, "quantity": line.quantity, "lot": line.lot or ""} for line in lines]
        body = {"order_id": asked.order_id, "node": asked.node, "lines": sent, "back": False}
        self.records.put(_SENT, tracking, body)
        self.callbacks.tell(
            ParcelShipped(
                **about(asked),
                release_key=asked.key,
                shipment_id=shipment,
                node=asked.node,
                carrier=asked.carrier or "unknown",
                tracking_number=tracking,
                lines=lines,
            )
        )
        if self.options.carrier_url:
            self.errands.add(_HAND_OVER, asked.order_id, {"tracking": tracking})

    async def _hand_over(self, body: dict[str, Any]) -> None:
        url = f"{self.options.carrier_url}/parcels/{quote(body['tracking'], safe='')}/handover"
        response = await self._client.post(url)
        # A label the carrier does not know, or has voided, will not get better by asking again.
        if not response.is_success and response.status_code not in _NO_PARCEL:
            message = f"the carrier answered {response.status_code}"
            raise NotTakenError(message)
