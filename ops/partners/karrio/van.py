"""The van of the carrier without a network: it takes parcels over from a warehouse and moves them, as Karrio tells it.

No real carrier moves parcels on this machine, and Karrio's own carrier has no tracking. What is told is what Karrio
calls addresses with: the event ``tracker_updated``, in its words, under the header that holds the secret.
``python -m ops.partners.karrio.van --port 8420 --data folder --karrio-url http://127.0.0.1:8419 ...``
"""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
import uvicorn
from starlette.responses import Response
from starlette.routing import Route

from ops.sandbox.carrier import CarrierDials, Fate
from ops.sandbox.serving.callbacks import NotTakenError
from ops.sandbox.serving.problems import problem
from ops.sandbox.serving.service import Options, Service, application
from ops.sandbox.warehouse.between import PARCELS_BACK, Neighbour, ParcelBack
from ops.stack.ports import HOST

if TYPE_CHECKING:
    from starlette.requests import Request

    from ops.sandbox.serving.dials import Dials

_PARCEL = "parcel"
_MOVE, _TELL, _BRING_BACK = "move", "tell", "bring_back"
_WITHIN_S = 30.0
_COURSES: dict[Fate, tuple[tuple[str, str], ...]] = {
    Fate.DELIVERED: (("out_for_delivery", ""), ("delivered", "")),
    Fate.LOST: (("on_hold", "carrier_parcel_lost"),),
    Fate.RETURNED: (("delivery_failed", "consignee_refused"), ("return_to_sender", "consignee_refused")),
    Fate.NOBODY_THERE: (("delivery_failed", "consignee_not_home"),) * 3,
    Fate.HELD_UP: (("on_hold", "weather_delay"), ("out_for_delivery", ""), ("delivered", "")),
}
"""What is told of a parcel once it is on its way: Karrio's status, and its reason where it has one."""
_BACK = "return_to_sender"
_SHIPMENT = {"delivered": "delivered", "delivery_failed": "delivery_failed", "on_hold": "needs_attention"}
"""What a shipment is marked as at Karrio, which takes few words from outside; ``in_transit`` for all else."""
_MARK = """
mutation($change: ChangeShipmentStatusMutationInput!) {
  change_shipment_status(input: $change) { errors { field messages } }
}
"""


class Van(Service):
    """Keeps a parcel as what Karrio has of it, and what has been told."""

    dials: ClassVar[type[Dials]] = CarrierDials

    def __init__(self, options: Options, karrio_url: str, token: str) -> None:
        """Learn to drive."""
        super().__init__(options)
        self._karrio = httpx.AsyncClient(
            base_url=karrio_url, headers={"Authorization": f"Token {token}"}, timeout=_WITHIN_S, trust_env=False
        )
        self._warehouse = Neighbour(options.wms_url)
        self._client = httpx.AsyncClient(timeout=_WITHIN_S, trust_env=False)
        self.errands.learn(_MOVE, self._move)
        self.errands.learn(_TELL, self._tell)
        self.errands.learn(_BRING_BACK, self._bring_back)

    def routes(self) -> list[Route]:
        """What can be asked of it: the same as of the sandbox carrier, so that any warehouse can."""
        return [Route("/parcels/{tracking}/handover", self._hand_over, methods=["POST"])]

    async def close(self) -> None:
        """Close its connections and its memory."""
        await self._karrio.aclose()
        await self._client.aclose()
        await self._warehouse.close()
        await super().close()

    async def _hand_over(self, request: Request) -> Response:
        tracking = request.path_params["tracking"]
        if self.records.get(_PARCEL, tracking) is not None:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        shipment = await self._shipment(tracking)
        if shipment is None:
            return problem(HTTPStatus.NOT_FOUND, "unknown_parcel", "Karrio has sold no such label")
        if shipment["status"] == "cancelled":
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "label_void", "the label was voided")
        dials: CarrierDials = self.board.dials
        with self.database.transaction():
            kept = {name: shipment[name] for name in ("id", "metadata", "carrier_id", "carrier_name")}
            self.records.put(_PARCEL, tracking, kept | {"events": []})
            course = [("picked_up", ""), ("in_transit", ""), *_COURSES[self._next_fate()]]
            self._later(tracking, kept, course, dials.transit_delay_ms)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _shipment(self, tracking: str) -> dict[str, Any] | None:
        answer = await self._karrio.get("/v1/shipments", params={"keyword": tracking})
        found = [one for one in answer.raise_for_status().json()["results"] if one["tracking_number"] == tracking]
        return found[0] if found else None

    def _next_fate(self) -> Fate:
        dials: CarrierDials = self.board.dials
        if not dials.fate_next:
            return Fate.DELIVERED
        self.board.dials = dials.model_copy(update={"fate_next": dials.fate_next[1:]})
        return dials.fate_next[0]

    def _later(self, tracking: str, parcel: dict[str, Any], course: list[Any], delay_ms: int) -> None:
        body = {"tracking": tracking, "course": course}
        self.errands.add(_MOVE, str(parcel["metadata"].get("order_id", "")), body, delay_ms / 1000)

    async def _move(self, body: dict[str, Any]) -> None:
        tracking, ((status, reason), *rest) = body["tracking"], body["course"]
        await self._mark(tracking, status)
        with self.database.transaction():
            parcel = self.records.get(_PARCEL, tracking)
            if parcel is None:
                return
            parcel["events"] = [_event(status, reason), *parcel["events"]]
            self.records.put(_PARCEL, tracking, parcel)
            order_id = str(parcel["metadata"].get("order_id", ""))
            if self.options.callback_url:
                self.errands.add(_TELL, order_id, _tracker(tracking, status, parcel))
            if status == _BACK and self._warehouse.url:
                self.errands.add(_BRING_BACK, order_id, {"tracking_number": tracking})
            if rest:
                dials: CarrierDials = self.board.dials
                self._later(tracking, parcel, rest, dials.delivery_delay_ms)

    async def _mark(self, tracking: str, status: str) -> None:
        """Write into Karrio's own books where the parcel is, as Karrio does itself where a carrier has tracking."""
        parcel = self.records.get(_PARCEL, tracking)
        if parcel is not None:
            change = {"id": parcel["id"], "status": _SHIPMENT.get(status, "in_transit")}
            answer = await self._karrio.post("/graphql", json={"query": _MARK, "variables": {"change": change}})
            if not answer.is_success or answer.json().get("errors"):
                message = f"Karrio answered {answer.status_code}: {answer.text[:200]}"
                raise NotTakenError(message)

    async def _tell(self, body: dict[str, Any]) -> None:
        headers = {"X-Event-Id": self.options.callback_secret}
        response = await self._client.post(self.options.callback_url, json=body, headers=headers)
        if not response.is_success:
            message = f"answered {response.status_code}"
            raise NotTakenError(message)

    async def _bring_back(self, body: dict[str, Any]) -> None:
        await self._warehouse.tell(PARCELS_BACK, ParcelBack.model_validate(body))


def _event(status: str, reason: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    said = {"date": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}", "timestamp": now.isoformat(), "status": status}
    return said | {"code": status, "description": reason or status, "reason": reason or None}


def _tracker(tracking: str, status: str, parcel: dict[str, Any]) -> dict[str, Any]:
    tracker = {
        "id": f"trk_{tracking}",
        "object_type": "tracker",
        "carrier_name": parcel["carrier_name"],
        "carrier_id": parcel["carrier_id"],
        "tracking_number": tracking,
        "status": status,
        "delivered": status == "delivered",
        "events": parcel["events"],
        "metadata": parcel["metadata"],
    }
    return {"event": "tracker_updated", "data": tracker}


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m ops.partners.karrio.van", description="Move parcels.")
    parser.add_argument("--port", type=int, required=True, help="listen here")
    parser.add_argument("--data", type=Path, required=True, help="folder of the van's memory")
    parser.add_argument("--karrio-url", required=True, help="where the labels were bought")
    parser.add_argument("--callback-url", default="", help="who is told; nobody without it")
    parser.add_argument("--wms-url", default="", help="who takes back what nobody took")
    parser.add_argument("--dials", default="{}", help="the dials at rest, as JSON")
    given = parser.parse_args()
    options = Options(
        name="karrio_van",
        data=given.data,
        goods=given.data,
        dials=given.dials,
        callback_secret=os.environ.get("ORDERLOOM_SANDBOX_CALLBACK_SECRET", ""),
        callback_url=given.callback_url,
        wms_url=given.wms_url.rstrip("/"),
    )
    van = Van(options, given.karrio_url.rstrip("/"), os.environ.get("KARRIO_TOKEN", ""))
    uvicorn.run(application(van), host=HOST, port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
