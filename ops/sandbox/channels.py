"""The sandbox storefronts and marketplaces: they show what they were told last, by version, and keep their orders."""

from __future__ import annotations

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
from ops.sandbox.serving.dials import Dials
from ops.sandbox.serving.journal import Given, Verdict
from ops.sandbox.serving.problems import problem
from ops.sandbox.serving.service import Options, Service
from ops.sandbox.shops.quota import Quota
from ops.sandbox.shops.shop import Shop

if TYPE_CHECKING:
    from starlette.requests import Request

_OPERATION = "publish"
_BATCH = "batch"
_PATH = "/channels/{channel}/stock"


class ChannelDials(Dials):
    """Besides the usual: how much a channel takes, and what it does not sell."""

    calls_per_second: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """A channel's quota; beyond it, 429 with `Retry-After`."""
    unlisted: tuple[str, ...] = ()
    """Articles no channel has heard of: a batch with one of them is refused as a whole."""
    takes_unknown: bool = True
    """Whether it takes word of orders that were not placed with it: those of the demonstration are handed in for it."""


class Channels(Service):
    """Every channel there is, in one service; each has a shop window and a quota of its own."""

    dials = ChannelDials

    def __init__(self, options: Options) -> None:
        """Open its memory."""
        super().__init__(options)
        self._quota = Quota(lambda: self.board.dials.calls_per_second, self.journal)
        self._shop = Shop(self.records, takes_unknown=lambda: self.board.dials.takes_unknown)

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        return [
            self._quota.on(self.counter.route(_PATH, "POST", _OPERATION, self._publish), _OPERATION),
            Route(_PATH, self._show, methods=["GET"]),
            *self._shop.routes(self.counter, self._quota),
        ]

    async def _publish(self, request: Request) -> Response:
        channel = request.path_params["channel"]
        try:
            batch = read(OfferBatch, await request.body())
        except InvalidInput as error:
            self.journal.request(_OPERATION, "", "", Verdict.REFUSED, "unreadable")
            return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))
        if (unquote(request.headers.get(KEY_HEADER, "")), channel) != (batch.key, batch.channel):
            return problem(HTTPStatus.BAD_REQUEST, "key_mismatch", "key and channel must be those in the body")
        with self.database.transaction():
            return self._decide(batch)

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
