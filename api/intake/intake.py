"""Taking orders in: kept for good first, then started; what cannot be mapped is kept in quarantine.

An answer says what became of what was sent: 202 where it was taken and goes on from here, 200 where it is only kept,
422 where whoever sent it is to correct it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from fastapi.responses import Response

from activities.records.orders import QuarantineState
from activities.taking_orders import document_of, keep, set_aside
from api.http.problems import CONFLICT, INVALID, MALFORMED, Kind, Malformed, Refusal, listed, told_apart
from api.intake.quarantine_views import quarantine_path
from api.orders.views import AcceptedOrder, AcceptedOrders, QuarantinedOrder, order_path
from models.errors import InvalidInput

if TYPE_CHECKING:
    from activities.ports.partners import ChannelFormat
    from activities.records.orders import Quarantined, Reading
    from api.orders.views import View
    from api.services import Services, Wakeable
    from models.order.document import OrderDocument
    from models.order.order import Order

log = structlog.get_logger()


@dataclass(frozen=True)
class Intake:
    """Takes orders in."""

    services: Services
    background: Wakeable

    async def payload(self, channel: str, body: bytes, *, webhook: bool = False) -> Response:
        """Take in what a channel sent: one order, or several.

        Args:
            channel: whose they are.
            body: as it came.
            webhook: whether the platform itself calls, by a webhook. Nobody there corrects a payload: it is sent again
                for hours if it is refused, and in the end the webhook is taken away, for all other orders too. So what
                is safe in quarantine is answered with 200, as is whatever is only noted, whoever sends it.

        Raises:
            Refusal: there is no order in it that can be mapped; it is in quarantine, and the refusal says where.
        """
        layout = self.services.channels[channel]
        try:
            readings = layout.read(body)
        except InvalidInput as error:
            told = told_apart(error, body)
            if body:
                return await self._set_aside(channel, body, told, webhook=webhook)
            raise Refusal(MALFORMED, str(told), errors=listed(told.errors)) from error
        if len(readings) == 1:
            return await self._single(channel, layout, readings[0], webhook=webhook)
        answers = [await self._one_of_several(channel, layout, reading) for reading in readings]
        refused = [each for each in answers if isinstance(each, QuarantinedOrder) and each.status == "quarantined"]
        if len(refused) == len(answers) and not webhook:
            raise _none_mapped(refused)
        answer = AcceptedOrders(orders=answers)
        return accepted(answer) if any(isinstance(each, AcceptedOrder) for each in answers) else kept(answer)

    async def canonical(self, body: bytes) -> Response:
        """Take in one canonical order; a client that can build one can correct one, so nothing is kept of a bad one.

        Raises:
            InvalidInput: it is no canonical order.
            Refusal: another order has its name.
        """
        try:
            document = document_of(self.services.canonical.read(body)[0])
        except InvalidInput as error:
            raise told_apart(error, body) from error
        answer = await self.document(document, body, self.services.canonical.format, exact=True)
        return accepted(answer, answer.location)

    async def document(
        self, document: OrderDocument, payload: bytes, layout: str, *, exact: bool = False
    ) -> AcceptedOrder:
        """Keep an order and start it; one that is known gets the answer it got first.

        Raises:
            InvalidInput: it is too large to be carried.
            Refusal: with `exact`, an order of this name says something else.
        """
        submission = await keep(self.services.orders, document, payload, layout)
        order = submission.order
        if submission.is_new:
            self.services.metrics.accepted.labels(order.channel).inc()
            started = await self.services.running.start_order(order, wait_s=self.services.wait_s)
            if started.confirmed:
                self.background.started(order.id)
            log.info("order taken in", order_id=order.id, started=started.confirmed)
        elif exact and not submission.same_content:
            raise _another(order)
        elif not (exact or submission.same_content):
            await self._heed(document, order.id, payload)
        return AcceptedOrder.of(order)

    async def _heed(self, document: OrderDocument, order_id: str, payload: bytes) -> None:
        """Have a known order hear what its channel says anew; the answer stays the first one."""
        rumours = self.services.rumours
        if rumours is not None and await rumours.heed(document, order_id, payload):
            self.background.wake()

    async def _single(self, channel: str, layout: ChannelFormat, reading: Reading, *, webhook: bool) -> Response:
        try:
            answer = await self._mapped(layout, reading)
        except InvalidInput as error:
            return await self._set_aside(channel, reading.payload, error, webhook=webhook)
        return accepted(answer, answer.location)

    async def _one_of_several(
        self, channel: str, layout: ChannelFormat, reading: Reading
    ) -> AcceptedOrder | QuarantinedOrder:
        try:
            return await self._mapped(layout, reading)
        except InvalidInput as error:
            return await self._quarantined(channel, reading.payload, error)

    async def _quarantined(self, channel: str, payload: bytes, error: InvalidInput) -> QuarantinedOrder:
        return _shown(await self.keep(channel, payload, error), error)

    async def _set_aside(self, channel: str, payload: bytes, error: InvalidInput, *, webhook: bool) -> Response:
        """Keep what cannot be taken, and be done with it towards a platform; others are told to correct a fault.

        Raises:
            Refusal: it is faulty, and not a platform's.
        """
        entry = await self.keep(channel, payload, error)
        if not webhook and entry.state is not QuarantineState.NOTED:
            raise refused_and_kept(entry, error) from error
        answer = _shown(entry, error)
        return kept(AcceptedOrders(orders=[answer]), answer.location)

    async def _mapped(self, layout: ChannelFormat, reading: Reading) -> AcceptedOrder:
        return await self.document(document_of(reading), reading.payload, layout.format)

    async def keep(self, channel: str, payload: bytes, error: InvalidInput) -> Quarantined:
        """Put a payload in quarantine, or note it; only what somebody has to look at counts as quarantined."""
        entry = await set_aside(self.services.orders, self.services.quarantine, channel, payload, error)
        if entry.state is not QuarantineState.NOTED:
            self.services.metrics.quarantined.labels(channel).inc()
        return entry


def accepted(answer: View, location: str | None = None) -> Response:
    """Answer 202, with where to look: it was taken, and goes on from here."""
    return _answered(202, answer, location)


def kept(answer: View, location: str | None = None) -> Response:
    """Answer 200, with where to look: it is safe with us, and nothing more happens by itself."""
    return _answered(200, answer, location)


def _answered(status: int, answer: View, location: str | None) -> Response:
    headers = {"Location": location} if location else {}
    return Response(answer.model_dump_json(), status, headers=headers, media_type="application/json")


def _shown(entry: Quarantined, error: InvalidInput) -> QuarantinedOrder:
    return QuarantinedOrder(
        status="noted" if entry.state is QuarantineState.NOTED else "quarantined",
        quarantine_id=entry.id,
        location=quarantine_path(entry.id),
        errors=list(error.errors),
    )


def refused_and_kept(entry: Quarantined, error: InvalidInput) -> Refusal:
    """Refuse a payload, and say where it is kept."""
    where = quarantine_path(entry.id)
    kind: Kind = MALFORMED if isinstance(error, Malformed) else INVALID
    more = {"quarantine_id": entry.id, "quarantine": where}
    return Refusal(kind, str(error), errors=listed(error.errors), headers={"Location": where}, more=more)


def _none_mapped(refused: list[QuarantinedOrder]) -> Refusal:
    return Refusal(
        INVALID,
        f"none of the {len(refused)} orders can be mapped; the first: {refused[0].errors[0].message}",
        errors=listed(refused[0].errors),
        more={
            "quarantine_id": refused[0].quarantine_id,
            "orders": [answer.model_dump(mode="json") for answer in refused],
        },
    )


def _another(order: Order) -> Refusal:
    where = order_path(order.id)
    return Refusal(
        CONFLICT,
        f"{order.id} is known with other content",
        code="order_differs",
        headers={"Location": where},
        more={"order": where},
    )
