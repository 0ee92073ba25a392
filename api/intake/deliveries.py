"""Work beside the requests: callbacks reach their orders, unstarted orders are started, channels hear of stock."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from api.intake import feeds
from models.errors import Conflict, InvalidInput, NotFound, OrderloomError, PartnerError
from models.partners.events import ChangedAtChannel, ParcelMoved
from models.partners.sources import quarantined_feed
from models.states.lifecycle import LIFECYCLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.records.orders import InboxEntry
    from api.services import Services
    from models.order.order import Order
    from models.partners.events import PartnerEvent

log = structlog.get_logger()
_INBOX_EVERY_S = 2.0
_SWEEP_EVERY_S = 5.0
_PUBLISH_EVERY_S = 1.0
_UNSTARTED_FOR_S = 5.0
_BATCH = 50
_AT_ONCE = 10
_LEASE_S = 60.0
_ATTEMPTS_MAX = 12
"""After so many, some 40 minutes, an order that nobody runs is not waited for any longer."""
_RETRY_MAX_S = 300.0
_OUTAGE_RETRY_S = 15.0


class Deliveries:
    """The background work of one API process; any number of processes may do it side by side."""

    def __init__(self, services: Services) -> None:
        """Work with these services."""
        self._services = services
        self._news = asyncio.Event()
        self._started: set[str] = set()
        self._limit = asyncio.Semaphore(_AT_ONCE)

    def wake(self) -> None:
        """Deliver now rather than at the next look."""
        self._news.set()

    def started(self, order_id: str) -> None:
        """Note soon that an order's workflow runs; forgetting it costs one more start, which changes nothing."""
        self._started.add(order_id)
        self._news.set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._for_ever(self._inbox_round, _INBOX_EVERY_S, self._news))
            group.create_task(self._for_ever(self._sweep_round, _SWEEP_EVERY_S, asyncio.Event()))
            if self._services.publications is not None:
                publish = self._services.publications.round
                group.create_task(self._for_ever(publish, _PUBLISH_EVERY_S, asyncio.Event()))
            group.create_task(self._for_ever(self._services.batches.round, _SWEEP_EVERY_S, asyncio.Event()))

    async def _for_ever(self, work: Callable[[], Awaitable[object]], every_s: float, news: asyncio.Event) -> None:
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - a round may fail, the work goes on
                log.warning("background round failed", work=work.__name__, error=type(error).__name__)
                await asyncio.sleep(every_s)
            try:
                async with asyncio.timeout(every_s):
                    await news.wait()
            except TimeoutError:
                continue
            news.clear()

    async def _inbox_round(self) -> None:
        await self.note_started()
        while await self.deliver_due() == _BATCH:
            continue

    async def note_started(self) -> None:
        """Write down which workflows run."""
        while self._started:
            order_id = self._started.pop()
            await self._services.orders.mark_started(order_id)

    async def deliver_due(self) -> int:
        """Hand over what is due, orders side by side and an order's events in turn; answers how many were tried."""
        entries = await self._services.inbox.claim(limit=_BATCH, lease_s=_LEASE_S)
        by_order: dict[str, list[InboxEntry]] = {}
        for entry in entries:
            by_order.setdefault(entry.event.order_id, []).append(entry)
        async with asyncio.TaskGroup() as group:
            for events in by_order.values():
                group.create_task(self._deliver_in_turn(events))
        return len(entries)

    async def _deliver_in_turn(self, entries: list[InboxEntry]) -> None:
        async with self._limit:
            for entry in entries:
                await self._deliver(entry)

    async def _deliver(self, entry: InboxEntry) -> None:
        inbox, metrics = self._services.inbox, self._services.metrics
        key = (entry.source, entry.event_id)
        try:
            await self._hand_over(entry.event)
        except PartnerError as error:
            outcome = "failed"
            await inbox.failed(*key, str(error), retry_in_s=min(_OUTAGE_RETRY_S, _back_off_s(entry.attempts)))
        except OrderloomError as error:
            reason = await self._why_never(entry, error)
            outcome = "undeliverable" if reason else "failed"
            if reason:
                await self._give_up(entry, reason)
            else:
                await inbox.failed(*key, str(error), retry_in_s=_back_off_s(entry.attempts))
        else:
            outcome = "delivered"
            await inbox.delivered(*key)
            lag = datetime.now(UTC) - entry.event.occurred_at
            metrics.lag.observe(max(0.0, lag.total_seconds()))
        metrics.deliveries.labels(outcome).inc()
        log.info("callback", outcome=outcome, order_id=entry.event.order_id, event_type=entry.event.type)

    async def _give_up(self, entry: InboxEntry, reason: str) -> None:
        """Note that the order will never have it; what was done at its channel alone is then for a person to settle."""
        if isinstance(entry.event, ChangedAtChannel) and await self._is_news_still(entry.event):
            late = InvalidInput.at("", "too_late", f"changed at the channel, and nothing was done here: {reason}")
            said = entry.event.model_dump_json().encode()
            await self._services.quarantine.keep(quarantined_feed(entry.source), said, late)
            self._services.metrics.quarantined.labels(entry.source).inc()
        await self._services.inbox.undeliverable(entry.source, entry.event_id, reason)

    async def _is_news_still(self, event: ChangedAtChannel) -> bool:
        rumours = self._services.rumours
        with suppress(NotFound):
            return rumours is None or await rumours.is_news_still(event)
        return True

    async def _hand_over(self, event: PartnerEvent) -> None:
        """Hand an event to its order; a parcel on its way back belongs to its return."""
        returning = self._services.returning
        if returning is not None and isinstance(event, ParcelMoved):
            return_id = await returning.records.of_parcel(event.tracking_number)
            if return_id is not None:
                await returning.running.deliver(return_id, event)
                return
        await self._services.running.deliver(event)

    async def _why_never(self, entry: InboxEntry, error: OrderloomError) -> str | None:
        """Why the order will never have this event, if so; an order that is not started yet may still have it."""
        if isinstance(error, Conflict | InvalidInput):
            return str(error)
        try:
            snapshot = (await self._services.orders.find(entry.event.order_id)).snapshot
        except NotFound:
            return "there is no such order"
        if snapshot is not None and LIFECYCLE.is_final(snapshot.lifecycle):
            return "the order has ended"
        return "the order is not running" if entry.attempts >= _ATTEMPTS_MAX else None

    async def _sweep_round(self) -> None:
        while await self.sweep() == _BATCH:
            continue
        await self.count_quarantine()
        if self._services.feeds is not None:
            await feeds.problems(self._services.feeds, self._services.metrics)
        if self._services.returning is not None:
            await self._services.returning.sweep(older_than_s=_UNSTARTED_FOR_S, limit=_BATCH)

    async def count_quarantine(self) -> None:
        """Tell the metrics what is in quarantine, what the workers put there by poll too; an alert stands on it."""
        found = await self._services.quarantine.open_by_channel()
        gauge = self._services.metrics.quarantine_open
        gauge.clear()
        for channel, entries in found.items():
            gauge.labels(channel).set(entries)

    async def sweep(self) -> int:
        """Start orders that were kept but not started, some at once; answers how many run now."""
        waiting = await self._services.orders.unstarted(older_than_s=_UNSTARTED_FOR_S, limit=_BATCH)
        return sum(await asyncio.gather(*map(self._start, waiting)))

    async def _start(self, order: Order) -> bool:
        async with self._limit:
            started = await self._services.running.start_order(order, wait_s=0)
            if started.confirmed:
                await self._services.orders.mark_started(order.id)
            return started.confirmed


def _back_off_s(attempts: int) -> float:
    return min(_RETRY_MAX_S, 2.0 ** min(attempts, 10))
