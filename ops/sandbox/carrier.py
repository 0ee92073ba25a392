"""The sandbox carrier: books parcels, takes them over from the warehouse, and says where they are."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import Response
from starlette.routing import Route

from activities.adapters.sandbox.wire import Receipt
from models.money import Money
from models.order.document import ServiceLevel
from models.partners.asking import Undo, Undone
from models.partners.carriers import Booking, Label
from models.partners.events import ParcelMoved
from models.states.fulfilment import ShipmentState
from ops.sandbox.callbacks import event_id
from ops.sandbox.counter import Taken
from ops.sandbox.dials import Dials, Milliseconds
from ops.sandbox.problems import Refusal, problem
from ops.sandbox.service import Options, Service

if TYPE_CHECKING:
    from starlette.requests import Request

_PARCEL = "parcel"
_MOVE = "move"
_SERVICES = {ServiceLevel.STANDARD: ("parcel", 590), ServiceLevel.EXPEDITED: ("express", 1290)}
"""The service sold and its price in euro cents."""


class CarrierDials(Dials):
    """How quick the carrier is."""

    transit_delay_ms: Milliseconds = 0
    """From the hand-over until it is on its way."""
    delivery_delay_ms: Milliseconds = 500
    """From then until it is delivered."""


class Carrier(Service):
    """Keeps a parcel as the state it is in."""

    dials: ClassVar[type[Dials]] = CarrierDials

    def __init__(self, options: Options) -> None:
        """Learn to move parcels."""
        super().__init__(options)
        self.errands.learn(_MOVE, self._move)

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        return [
            self.counter.effect("/parcels", "book", Booking, Receipt[Label], act=self._book),
            self.counter.undo(
                "/parcels/void", "void", Undo, Receipt[Undone], act=self._void, never=Undone(happened=False)
            ),
            Route("/parcels/{tracking}/handover", self._hand_over, methods=["POST"]),
        ]

    def _book(self, booking: Booking) -> Label:
        if not booking.ship_to.lines and not booking.ship_to.city:
            raise Refusal("address_incomplete", "a parcel needs a street or a town to go to")
        number = self.records.number(_PARCEL)
        service, price = _SERVICES[booking.service_level]
        tracking = f"SB{number:09}DE"
        self.records.put(
            _PARCEL, tracking, {"order_id": booking.order_id, "state": ShipmentState.LABEL_CREATED.value}, booking.key
        )
        return Label(
            reference=f"LBL-{number:06}",
            carrier="sandbox",
            service=service,
            tracking_number=tracking,
            cost=Money(amount=price, currency="EUR"),
        )

    def _void(self, undo: Undo) -> Taken[Undone] | None:
        found = self.records.by_key(_PARCEL, undo.key)
        if found is None:
            return None
        tracking, parcel = found
        if parcel["state"] == ShipmentState.CANCELLED:
            return Taken(Undone(happened=True), changed=False)
        if parcel["state"] != ShipmentState.LABEL_CREATED:
            raise Refusal("already_handed_over", f"{tracking} is on its way")
        self.records.put(_PARCEL, tracking, parcel | {"state": ShipmentState.CANCELLED.value})
        return Taken(Undone(happened=True), changed=True)

    async def _hand_over(self, request: Request) -> Response:
        tracking = request.path_params["tracking"]
        with self.database.transaction():
            parcel = self.records.get(_PARCEL, tracking)
            if parcel is None:
                return problem(HTTPStatus.NOT_FOUND, "unknown_parcel", "there is no such parcel")
            if parcel["state"] == ShipmentState.CANCELLED:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "label_void", "the label was voided")
            if parcel["state"] == ShipmentState.LABEL_CREATED:
                self.records.put(_PARCEL, tracking, parcel | {"state": ShipmentState.DISPATCHED.value})
                self._later(tracking, parcel["order_id"], ShipmentState.IN_TRANSIT, self.board.dials.transit_delay_ms)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _later(self, tracking: str, order_id: str, state: ShipmentState, delay_ms: int) -> None:
        self.errands.add(_MOVE, order_id, {"tracking": tracking, "state": state.value}, delay_ms / 1000)

    async def _move(self, body: dict[str, Any]) -> None:
        tracking, state = body["tracking"], ShipmentState(body["state"])
        with self.database.transaction():
            parcel = self.records.get(_PARCEL, tracking)
            if parcel is None or parcel["state"] in {state, ShipmentState.DELIVERED}:
                return
            self.records.put(_PARCEL, tracking, parcel | {"state": state.value})
            self.callbacks.tell(
                ParcelMoved(
                    event_id=event_id(),
                    order_id=parcel["order_id"],
                    occurred_at=datetime.now(UTC),
                    tracking_number=tracking,
                    state=state,
                )
            )
            if state is ShipmentState.IN_TRANSIT:
                delay = self.board.dials.delivery_delay_ms
                self._later(tracking, parcel["order_id"], ShipmentState.DELIVERED, delay)
