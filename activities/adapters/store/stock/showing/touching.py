"""Whom a supply's date touches: the queue is forecast with it as it is, as it was said first, and without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.picture import look
from activities.adapters.store.stock.queue.waiting import queue_for
from activities.adapters.store.stock.showing.inventory_lists import supply_named
from activities.records.stock import TouchedOrder
from models.policy.stock.promising.availability import availability
from models.policy.stock.queueing import forecast
from models.stock.availability import AvailabilityQuestion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.queue.waiting import Queue
    from models.policy.book import PolicyBook
    from models.policy.policy_set import PolicySet
    from models.stock.backorders import Backorder
    from models.stock.picture import Picture


async def touched_by(
    connection: AsyncConnection, policies: PolicyBook, supply_id: str, now: datetime
) -> tuple[TouchedOrder, ...]:
    """Who would wait longer without a supply, or was to wait less by the date said first; in the order of service.

    Raises:
        NotFound: there is no such supply.
    """
    skus = frozenset(supply.sku for supply in await supply_named(connection, supply_id))
    queue = await queue_for(connection, skus, now)
    picture = (await look(connection, queue.skus, at=now)).model_copy(update={"waiting": {}})
    plan = _Forecasts(policies, queue)
    expected_now = plan.of(picture)
    before, without = plan.of(_as_said_first(picture, supply_id)), plan.of(_without(picture, supply_id))
    touched = [
        one
        for one in queue.backorders
        if any(need.sku in skus for need in one.needs)
        and len({expected_now[one.key], before[one.key], without[one.key]}) > 1
    ]
    free = await _substitutes(connection, policies.current, touched, skus, now)
    return tuple(
        TouchedOrder(
            order_id=one.order_id,
            backorder_key=one.key,
            expected_before=before[one.key],
            expected_now=expected_now[one.key],
            substitutes=_instead(policies.current, one, skus, free),
        )
        for one in touched
    )


class _Forecasts:
    """The same queue under several pictures."""

    def __init__(self, policies: PolicyBook, queue: Queue) -> None:
        self._queue = queue.backorders
        self._policies = queue.policies(policies)

    def of(self, picture: Picture) -> dict[str, datetime | None]:
        return forecast(self._queue, picture, self._policies)


def _as_said_first(picture: Picture, supply_id: str) -> Picture:
    return picture.model_copy(
        update={
            "supplies": tuple(
                one.model_copy(update={"expected_at": one.first_expected_at or one.expected_at})
                if one.id == supply_id
                else one
                for one in picture.supplies
            )
        }
    )


def _without(picture: Picture, supply_id: str) -> Picture:
    return picture.model_copy(update={"supplies": tuple(one for one in picture.supplies if one.id != supply_id)})


async def _substitutes(
    connection: AsyncConnection, policies: PolicySet, touched: Iterable[Backorder], skus: frozenset[str], now: datetime
) -> dict[str, int]:
    """By article that policy allows instead: how many can be promised once everybody who waits is served."""
    wanted = {need.sku for one in touched for need in one.needs} & skus
    allowed = sorted({instead for sku in wanted for instead in _allowed(policies, sku)})
    if not allowed:
        return {}
    picture, rules = await look(connection, allowed, at=now), policies.stock
    return {
        sku: availability(
            rules.availability,
            policies.version,
            AvailabilityQuestion(sku=sku),
            picture,
            sourcing=rules.sourcing,
        ).ats
        for sku in allowed
    }


def _instead(policies: PolicySet, backorder: Backorder, skus: frozenset[str], free: dict[str, int]) -> tuple[str, ...]:
    """What there is enough of instead of what the supply was to bring, in the rule's order."""
    found = (
        instead
        for need in backorder.needs
        if need.sku in skus
        for instead in _allowed(policies, need.sku)
        if free[instead] >= need.quantity
    )
    return tuple(dict.fromkeys(found))


def _allowed(policies: PolicySet, sku: str) -> tuple[str, ...]:
    rules = policies.stock.shortage.substitutes
    return next((rule.instead for rule in rules if rule.sku == sku), ())
