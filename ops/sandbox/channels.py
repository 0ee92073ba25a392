"""The sandbox storefronts and marketplaces: what they show is what they were told last, by version."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

from pydantic import Field
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from activities.adapters.sandbox.channel_wire import StockReceipt
from activities.adapters.sandbox.wire import KEY_HEADER
from models.errors import InvalidInput
from models.partners.asking import Done
from models.stock.publication import OfferBatch
from models.strict_json import read
from ops.sandbox.dials import Dials
from ops.sandbox.journal import Given, Verdict
from ops.sandbox.problems import problem
from ops.sandbox.service import Options, Service

if TYPE_CHECKING:
    from starlette.requests import Request

_OPERATION = "publish"
_BATCH = "batch"
_PATH = "/channels/{channel}/stock"
_WINDOW_S = 1.0


class ChannelDials(Dials):
    """Besides the usual: how much a channel takes, and what it does not sell."""

    calls_per_second: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """A channel's quota; beyond it, 429 with `Retry-After`."""
    unlisted: tuple[str, ...] = ()
    """Articles no channel has heard of: a batch with one of them is refused as a whole."""


class Channels(Service):
    """Every channel there is, in one service; each has a shop window and a quota of its own."""

    dials = ChannelDials

    def __init__(self, options: Options) -> None:
        """Open its memory; quotas are counted anew after a restart."""
        super().__init__(options)
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        return [
            self.counter.route(_PATH, "POST", _OPERATION, self._publish),
            Route(_PATH, self._show, methods=["GET"]),
        ]

    async def _publish(self, request: Request) -> Response:
        channel = request.path_params["channel"]
        wait_s = self._over_quota(channel)
        if wait_s:
            key = unquote(request.headers.get(KEY_HEADER, ""))
            self.journal.request(_OPERATION, key, "", Verdict.REFUSED, "throttled")
            headers = {"Retry-After": str(math.ceil(wait_s))}
            return problem(HTTPStatus.TOO_MANY_REQUESTS, "throttled", f"{channel}'s quota is used up", headers)
        try:
            batch = read(OfferBatch, await request.body())
        except InvalidInput as error:
            self.journal.request(_OPERATION, "", "", Verdict.REFUSED, "unreadable")
            return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))
        if (unquote(request.headers.get(KEY_HEADER, "")), channel) != (batch.key, batch.channel):
            return problem(HTTPStatus.BAD_REQUEST, "key_mismatch", "key and channel must be those in the body")
        with self.database.transaction():
            return self._decide(batch)

    def _over_quota(self, channel: str) -> float:
        """Count a call; answers how many seconds too early it comes."""
        quota = self.board.dials.calls_per_second
        if quota is None:
            return 0.0
        now, calls = time.monotonic(), self._calls[channel]
        while calls and calls[0] <= now - _WINDOW_S:
            calls.popleft()
        if len(calls) >= quota:
            return calls[0] + _WINDOW_S - now
        calls.append(now)
        return 0.0

    def _decide(self, batch: OfferBatch) -> Response:
        said = batch.model_dump_json()
        digest = sha256(said.encode()).hexdigest()
        given = self.journal.given(batch.key)
        if given is not None and self.board.dials.idempotent:
            verdict = Verdict.REPLAYED if given.digest == digest else Verdict.CONFLICT
            self.journal.request(_OPERATION, batch.key, "", verdict)
            if verdict is Verdict.CONFLICT:
                return problem(HTTPStatus.CONFLICT, "key_reused", "another batch came under this key before")
            return Response(given.body, media_type="application/json")
        unlisted = sorted({offer.sku for offer in batch.offers} & set(self.board.dials.unlisted))
        if unlisted:
            self.journal.request(_OPERATION, batch.key, "", Verdict.REFUSED, "not_listed")
            detail = f"not listed: {', '.join(unlisted)}"[:500]
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "not_listed", detail)
        self._keep(batch)
        answer = Done(reference=f"BATCH-{self.records.number(_BATCH):06}")
        receipt = StockReceipt(key=batch.key, channel=batch.channel, answer=answer).model_dump_json()
        self.journal.effect(_OPERATION, batch.key, "", said, receipt)
        self.journal.give(batch.key, Given(digest, done=True, body=receipt))
        self.journal.request(_OPERATION, batch.key, "", Verdict.DONE)
        return Response(receipt, media_type="application/json")

    def _keep(self, batch: OfferBatch) -> None:
        """Show each offer, unless a later one is shown already."""
        for offer in batch.offers:
            shown = self.records.get(batch.channel, offer.sku)
            if shown is None or shown["version"] < offer.version:
                self.records.put(batch.channel, offer.sku, {"quantity": offer.quantity, "version": offer.version})

    async def _show(self, request: Request) -> Response:
        return JSONResponse({"stock": dict(self.records.all(request.path_params["channel"]))})
