"""The sandbox carrier: books parcels, takes them over from the warehouse, and says where they are."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import Response
from starlette.routing import Route

from activities.adapters.sandbox.wire import Receipt
from models.money import Money
from models.order.document import ServiceLevel
from models.partners.asking import Done, Undo, Undone
from models.partners.carriers import Booking, Label, Redelivery
from models.partners.events import ParcelMoved
from models.states.fulfilment import ShipmentState
from ops.sandbox.serving.callbacks import event_id
from ops.sandbox.serving.counter import Taken
from ops.sandbox.serving.dials import Dials, Milliseconds
from ops.sandbox.serving.problems import Refusal, problem
from ops.sandbox.serving.service import Options, Service
from ops.sandbox.warehouse.between import PARCELS_BACK, Neighbour, ParcelBack

if TYPE_CHECKING:
    from starlette.requests import Request

_PARCEL = "parcel"
_MOVE = "move"
_BRING_BACK = "bring_back"
_SERVICES = {ServiceLevel.STANDARD: ("parcel", 590), ServiceLevel.EXPEDITED: ("express", 1290)}
"""The service sold and its price in euro cents."""


class Fate(StrEnum):
    """What becomes of a parcel."""

    DELIVERED = "delivered"
    LOST = "lost"
    RETURNED = "returned"
    """Nobody takes it: it goes back to where it came from."""
    NOBODY_THERE = "nobody_there"
    """Nobody opens, three times; delivered when it is asked for again."""
    HELD_UP = "held_up"
    """There is trouble on the way; delivered in the end."""


_FATES: dict[Fate, tuple[ShipmentState, ...]] = {
    Fate.DELIVERED: (ShipmentState.DELIVERED,),
    Fate.LOST: (ShipmentState.LOST,),
    Fate.RETURNED: (ShipmentState.FAILED_ATTEMPT, ShipmentState.RETURNED_TO_SENDER),
    Fate.NOBODY_THERE: (ShipmentState.FAILED_ATTEMPT,) * 3,
    Fate.HELD_UP: (ShipmentState.EXCEPTION, ShipmentState.OUT_FOR_DELIVERY, ShipmentState.DELIVERED),
}
"""What is told of it once it is on its way, in this order."""
_ENDS = {ShipmentState.DELIVERED.value, ShipmentState.RETURNED_TO_SENDER.value}


class CarrierDials(Dials):
    """How quick the carrier is."""

    transit_delay_ms: Milliseconds = 0
    """From the hand-over until it is on its way."""
    delivery_delay_ms: Milliseconds = 500
    """From then until it is delivered, and between all that is told of it."""
    fate_next: tuple[Fate, ...] = ()
    """What becomes of the next parcels that are handed over, one each."""


class Carrier(Service):
    """Keeps a parcel as the state it is in."""

    dials: ClassVar[type[Dials]] = CarrierDials

    def __init__(self, options: Options) -> None:
        """Learn to move parcels."""
        super().__init__(options)
        self.errands.learn(_MOVE, self._move)
        self.errands.learn(_BRING_BACK, self._bring_back)
        self._warehouse = Neighbour(options.wms_url)

    async def close(self) -> None:
        """Close its connections and its memory."""
        await self._warehouse.close()
        await super().close()

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        return [
            self.counter.effect("/parcels", "book", Booking, Receipt[Label], act=self._book),
            self.counter.undo(
                "/parcels/void", "void", Undo, Receipt[Undone], act=self._void, never=Undone(happened=False)
            ),
            self.counter.effect(
                "/parcels/redeliveries", "deliver_again", Redelivery, Receipt[Done], act=self._deliver_again
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
                course = (ShipmentState.IN_TRANSIT, *_FATES[self._next_fate()])
                self._later(tracking, parcel["order_id"], course, self.board.dials.transit_delay_ms)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _next_fate(self) -> Fate:
        dials: CarrierDials = self.board.dials
        if not dials.fate_next:
            return Fate.DELIVERED
        self.board.dials = dials.model_copy(update={"fate_next": dials.fate_next[1:]})
        return dials.fate_next[0]

    def _deliver_again(self, redelivery: Redelivery) -> Done:
        parcel = self.records.get(_PARCEL, redelivery.tracking_number)
        if parcel is None:
            raise Refusal("unknown_parcel", "there is no such parcel")
        if parcel["state"] in _ENDS:
            raise Refusal("not_on_its_way", f"{redelivery.tracking_number} is {parcel['state'].replace('_', ' ')}")
        course = (ShipmentState.OUT_FOR_DELIVERY, ShipmentState.DELIVERED)
        delay = self.board.dials.delivery_delay_ms
        self._later(redelivery.tracking_number, parcel["order_id"], course, delay)
        return Done(reference=f"AGAIN-{redelivery.tracking_number}")

    def _later(self, tracking: str, order_id: str, course: tuple[ShipmentState, ...], delay_ms: int) -> None:
        """Have a parcel go through these states, one after the other."""
        body = {"tracking": tracking, "course": [state.value for state in course]}
        self.errands.add(_MOVE, order_id, body, delay_ms / 1000)

    async def _bring_back(self, body: dict[str, Any]) -> None:
        await self._warehouse.tell(PARCELS_BACK, ParcelBack.model_validate(body))

    async def _move(self, body: dict[str, Any]) -> None:
        tracking, (first, *rest) = body["tracking"], body["course"]
        state = ShipmentState(first)
        with self.database.transaction():
            parcel = self.records.get(_PARCEL, tracking)
            if parcel is None or parcel["state"] in _ENDS:
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
            if state is ShipmentState.RETURNED_TO_SENDER and self._warehouse.url:
                self.errands.add(_BRING_BACK, parcel["order_id"], {"tracking_number": tracking})
            if rest:
                course = tuple(ShipmentState(one) for one in rest)
                self._later(tracking, parcel["order_id"], course, self.board.dials.delivery_delay_ms)
