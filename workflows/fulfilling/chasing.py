"""Releases nobody acknowledged: asked after, handed over again where they were lost, sent from elsewhere, or shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.stock import StockActivities
from activities.warehouse import WarehouseActivities
from models.ids import event_id
from models.messages import Cancellation
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.partners.events import ReleaseRejected
from models.partners.warehouse import ReleaseEnquiry, ReleaseState
from models.states.fulfilment import FulfilmentState
from models.states.hold import Hold, HoldKind, HoldState
from models.stock.outlook import ReleaseCheck
from workflows.fulfilling.elsewhere import may_source_again
from workflows.fulfilling.releasing import ask_to_send
from workflows.fulfilling.rerouting import leave, stop_and_leave
from workflows.queues import Partner
from workflows.scheduled.patience import NotAnswered, ask_patiently

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.fulfilling.alarm import Alarm
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run

_ACKNOWLEDGEMENT = "acknowledgement "
_AT_WORK = {ReleaseState.ACKNOWLEDGED, ReleaseState.PICKED, ReleaseState.SHIPPED}
_NOT_COMING = {ReleaseState.REJECTED, ReleaseState.RECALLED}


class Chase:
    """The releases of one order that nodes still have to acknowledge."""

    def __init__(self, run: Run, alarm: Alarm) -> None:
        """Be reminded by this alarm."""
        self._run = run
        self._alarm = alarm
        self._asked: dict[str, int] = {}
        self._holds: dict[str, Hold] = {}

    def expect(self, released: Iterable[Consignment]) -> None:
        """Expect an acknowledgement of each, where policy says how soon."""
        minutes = self._run.assessment.fulfilment.acknowledge_within_minutes
        for consignment in released:
            if consignment.kind in minutes:
                self._expect(consignment)

    def _expect(self, consignment: Consignment) -> None:
        within = timedelta(minutes=self._run.assessment.fulfilment.acknowledge_within_minutes[consignment.kind])
        says = f"{consignment.node} has to acknowledge by then"
        self._alarm.set(f"{_ACKNOWLEDGEMENT}{consignment.key}", workflow.now() + within, says)

    @property
    def call(self) -> bool:
        """Whether `look` has something to do."""
        answered = any(not self._is_open(hold) for hold in self._holds.values())
        settled = any(self._is_settled(key) for key in self._holds)
        return answered or settled or bool(self._alarm.all_passed(_ACKNOWLEDGEMENT))

    async def look(self) -> None:
        """Ask after what is late, and heed what people said of it."""
        for key, hold in list(self._holds.items()):
            self._heed(key, hold)
        for name in self._alarm.all_passed(_ACKNOWLEDGEMENT):
            self._alarm.unset(name)
            key = name.removeprefix(_ACKNOWLEDGEMENT)
            if not self._is_settled(key):
                await self._ask_after(self._run.consigned[key])

    def end(self) -> None:
        """Expect nothing any more."""
        for key in self._run.consigned:
            self._alarm.unset(f"{_ACKNOWLEDGEMENT}{key}")
        for hold in self._holds.values():
            if self._is_open(hold):
                self._run.standing.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason="it is settled")
        self._holds.clear()

    def _is_settled(self, key: str) -> bool:
        consignment = self._run.consigned.get(key)
        return consignment is None or consignment.heard_of or not consignment.open()

    def _is_open(self, hold: Hold) -> bool:
        return self._run.standing.holds[hold.id].state is HoldState.OPEN

    def _heed(self, key: str, hold: Hold) -> None:
        answer = self._run.standing.holds[hold.id]
        settled = self._is_settled(key)
        if answer.state is HoldState.OPEN:
            if settled:
                del self._holds[key]
                self._run.standing.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason="it is settled")
            return
        del self._holds[key]
        if answer.state is HoldState.REJECTED:
            self._run.desk.wish = Cancellation(
                reason=answer.decision_reason or "rejected", actor=answer.decided_by or PLATFORM
            )
        elif not settled:
            self._asked.pop(key, None)
            self._expect(self._run.consigned[key])

    async def _ask_after(self, consignment: Consignment) -> None:
        state = await self._state(consignment)
        if state in _AT_WORK:
            self._at_work(consignment, state)
        elif state in _NOT_COMING:
            self._run.events.append(_rejection(self._run, consignment, state))
        elif not await self._sent_from_elsewhere(consignment, state):
            await self._insist(consignment, state)
        await self._run.show_in_passing()

    async def _state(self, consignment: Consignment) -> ReleaseState | None:
        """Ask the node where the release stands; None: it could not be asked."""
        key = self._run.asked_as(consignment.key)
        enquiry = ReleaseEnquiry(order_id=self._run.order.id, release_key=key, node=consignment.node)
        summary = f"ask {consignment.node} where the release stands"
        try:
            answer = await ask_patiently(
                WarehouseActivities.status, enquiry, Partner.WMS, summary, patience=timedelta(0)
            )
        except NotAnswered as error:
            self._tell(f"{consignment.node} could not be asked after the release: {error.failure.message}")
            return None
        return answer.state

    def _at_work(self, consignment: Consignment, state: ReleaseState) -> None:
        consignment.heard_of = True
        if self._run.standing.fulfilment is FulfilmentState.RELEASED:
            self._run.standing.fulfil(FulfilmentState.ACKNOWLEDGED)
        word = "its word of the parcel is missing" if state is ReleaseState.SHIPPED else "its acknowledgement was lost"
        self._tell(f"{consignment.node} says when asked that it has {state.value} it: {word}")

    async def _sent_from_elsewhere(self, consignment: Consignment, state: ReleaseState | None) -> bool:
        """Have another node send it, where this one is down, or has been silent for too long."""
        if not may_source_again(self._run):
            return False
        reason = await self._why_elsewhere(consignment)
        if reason is None:
            return False
        if state is None:
            await leave(self._run, consignment, reason)
            return True
        return await stop_and_leave(self._run, consignment, reason)

    async def _why_elsewhere(self, consignment: Consignment) -> str | None:
        rules = self._run.assessment.fulfilment
        if rules.look_before_release:
            check = ReleaseCheck(order_id=self._run.order.id, allocations=consignment.allocations)
            outlook = await self._run.own(StockActivities.outlook, check, f"look at {consignment.node}")
            down = outlook.of(consignment.node).down
            if down is not None:
                return f"{consignment.node} is down: {down}"
        limit = rules.reroute_after_minutes
        silent = workflow.now() - consignment.released_at
        if limit is not None and silent >= timedelta(minutes=limit):
            return f"{consignment.node} has said nothing for {int(silent.total_seconds() // 60)} minutes"
        return None

    async def _insist(self, consignment: Consignment, state: ReleaseState | None) -> None:
        if state is ReleaseState.UNKNOWN:
            self._tell(f"{consignment.node} has never heard of the release: it is handed over again")
            await ask_to_send(self._run, consignment)
        elif state is not None:
            self._tell(f"{consignment.node} has the release and has not acknowledged it")
        asked = self._asked[consignment.key] = self._asked.get(consignment.key, 0) + 1
        if asked < self._run.assessment.fulfilment.acknowledgement_chases:
            self._expect(consignment)
            return
        self._holds[consignment.key] = self._run.standing.open_hold(
            HoldKind.UNKNOWN_DELIVERY_DATE,
            f"{consignment.node} was asked {asked} times and has not acknowledged the release",
            waiting_on=Partner.WMS.value,
            release_rule="its acknowledgement, or an answer from the warehouse's team",
        )
        await self._run.desk.show()

    def _tell(self, text: str) -> None:
        self._run.standing.tell(text, kind=TimelineKind.PARTNER, actor=Partner.WMS.value)


def _rejection(run: Run, consignment: Consignment, state: ReleaseState) -> ReleaseRejected:
    return ReleaseRejected(
        event_id=event_id("asked", consignment.key),
        order_id=run.order.id,
        occurred_at=workflow.now(),
        release_key=consignment.key,
        reason=f"it says when asked that it has {state.value} it",
    )
