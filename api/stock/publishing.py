"""Telling channels what they may sell: what has changed is worked out in the background, and how late they hear."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from fastapi import APIRouter

from activities.ports.stock import StockOffers
from api.http.authentication import Caller
from api.http.documentation import answers
from api.orders import examples
from api.orders.views import View
from api.services import Provided
from models.policy.stock.publishing import PublicationStart
from models.stock.publication import PublicationLag

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from models.policy.stock.rules import ChannelRule

router = APIRouter(prefix="/v1/publications", tags=["stock"])
_RECONSIDER_EVERY_S = 3600.0


class Offers(StockOffers, Protocol):
    """What channels are to be told, as the API works on it."""

    async def reconsider(self, after: str) -> str | None:
        """Have some articles worked out again by the next `changed`; answers after which to go on, or none."""


class Publications:
    """The background work of one API process; any number of processes may do it side by side."""

    def __init__(
        self,
        offers: Offers,
        rules: Mapping[str, ChannelRule],
        start: Callable[[PublicationStart], Awaitable[None]],
    ) -> None:
        """Work out `offers`; `start` has a channel told of them, and does nothing where that is being done."""
        self._offers = offers
        self._rules = rules
        self._start = start
        self._reconsider_at = 0.0
        self._after: str | None = None
        """The article after which all of them are gone on with; none: that is done."""

    async def round(self) -> None:
        """Work out what has changed, and have those told who have something to hear.

        They are those who have something to hear by the database, however it came about: a start that was lost, or
        that met a run about to end, is made up for by the next round. Hence no signal for each change, either: a start
        that finds the channel's run at work leaves nothing in its history.
        """
        now = time.monotonic()
        if now >= self._reconsider_at:
            self._after, self._reconsider_at = "", now + _RECONSIDER_EVERY_S
        if self._after is not None:
            self._after = await self._offers.reconsider(self._after)
        for channel in await self._offers.changed():
            await self._start(PublicationStart(channel=channel, rule=self._rules[channel]))


class PublicationLags(View):
    """Every channel that is told what it may sell."""

    channels: list[PublicationLag]


@router.get(
    "",
    summary="How late channels hear",
    responses=answers(401, s200=(PublicationLags, examples.PUBLICATION_LAGS)),
)
async def lags(services: Provided, _caller: Caller) -> PublicationLags:
    """From a change of stock until the channel has its number, over the last offers each channel took."""
    return PublicationLags(channels=list(await services.inventory.lags()))
