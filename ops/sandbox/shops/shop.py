"""The orders of the sandbox channels: placed by customers, changed by the channel's staff, and told of by us."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from activities.adapters.sandbox.channel_wire import ShopOrder, ShopOrders
from activities.adapters.sandbox.wire import Receipt
from models.partners.asking import Done
from models.partners.channels import ChannelCancellation, ChannelFulfilment, ChannelRefund
from ops.sandbox.serving.problems import Refusal, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request

    from models.partners.channels import ChannelLine, ChannelUpdate
    from ops.sandbox.serving.counter import Counter
    from ops.sandbox.serving.records import Record, Records
    from ops.sandbox.shops.quota import Quota

_SHOP = "/channels/{channel}"
_CHANGES = "channel change"
_TOLD = "channel update"
_PAGE = 20
_DONE = Receipt[Done]


class Shop:
    """Every channel's orders. One in our own format is kept up with what becomes of it; others are kept as they are."""

    def __init__(self, records: Records, *, takes_unknown: Callable[[], bool]) -> None:
        """Keep them there; `takes_unknown`: whether it takes word of orders that were not placed with it."""
        self._records = records
        self._takes_unknown = takes_unknown

    def routes(self, counter: Counter, quota: Quota) -> list[Route]:
        """What can be asked of it, and how it is looked into."""
        told = [
            counter.effect(f"{_SHOP}/fulfilments", "fulfilment", ChannelFulfilment, _DONE, act=self._fulfil),
            counter.effect(f"{_SHOP}/cancellations", "cancellation", ChannelCancellation, _DONE, act=self._cancel),
            counter.effect(
                f"{_SHOP}/refunds",
                "refund",
                ChannelRefund,
                _DONE,
                act=self._refund,
                amount=lambda asked: asked.amount,
            ),
        ]
        read = counter.route(f"{_SHOP}/orders", "GET", "orders", self._list)
        return [
            *(quota.on(route, "tell") for route in told),
            quota.on(read, "orders"),
            Route(f"{_SHOP}/orders/{{external_id}}", self._place, methods=["PUT"]),
            Route(f"{_SHOP}/orders/{{external_id}}", self._show, methods=["GET"]),
        ]

    # --- its customers and its staff ------------------------------------------------------------------------------

    async def _place(self, request: Request) -> Response:
        """Let a customer place an order, or the staff change one: the body is the channel's own JSON from now on."""
        channel, external_id = request.path_params["channel"], request.path_params["external_id"]
        order = self._records.get(_kind(channel), external_id) or _new()
        self._keep(channel, external_id, order | {"payload": (await request.body()).decode()})
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _show(self, request: Request) -> Response:
        order = self._records.get(_kind(request.path_params["channel"]), request.path_params["external_id"])
        if order is None:
            return problem(HTTPStatus.NOT_FOUND, "unknown_order", "there is no such order")
        return JSONResponse(order)

    async def _list(self, request: Request) -> Response:
        channel, after = request.path_params["channel"], int(request.query_params.get("after", "0"))
        changed = [
            ShopOrder(position=order["position"], external_id=external_id, payload=order["payload"])
            for external_id, order in self._records.all(_kind(channel))
            if order["position"] > after and order["payload"]
        ]
        changed.sort(key=lambda order: order.position)
        page = ShopOrders(orders=tuple(changed[:_PAGE]), more=len(changed) > _PAGE)
        return Response(page.model_dump_json(), media_type="application/json")

    # --- what it is told ------------------------------------------------------------------------------------------

    def _fulfil(self, told: ChannelFulfilment) -> Done:
        order, document = self._find(told)
        parcel = {"carrier": told.carrier, "tracking_number": told.tracking_number, "lines": _quantities(told.lines)}
        _check_left(order, document, told.lines)
        order["parcels"].append(parcel)
        return self._done(told, order, document)

    def _cancel(self, told: ChannelCancellation) -> Done:
        order, document = self._find(told)
        _check_left(order, document, told.lines)
        for line_id, quantity in _quantities(told.lines).items():
            order["cancelled"][line_id] = order["cancelled"].get(line_id, 0) + quantity
            line = _line(document, line_id)
            if line is not None:
                line["cancelled"] = line.get("cancelled", 0) + quantity
        if told.whole and document is not None:
            document["cancelled_at"] = datetime.now(UTC).isoformat()
        return self._done(told, order, document)

    def _refund(self, told: ChannelRefund) -> Done:
        order, document = self._find(told)
        if document is not None:
            before = (document["payment"].get("refunded") or {"amount": 0})["amount"]
            if before + told.amount.amount > document["total"]["amount"]:
                raise Refusal("too_much", f"of {document['total']['amount']} paid, {before} is given back already")
            document["payment"]["refunded"] = {
                "amount": before + told.amount.amount,
                "currency": told.amount.currency,
            }
        order["refunds"].append({**told.amount.model_dump(), "moved": told.held_by_channel})
        return self._done(told, order, document)

    def _find(self, told: ChannelUpdate) -> tuple[Record, dict[str, Any] | None]:
        """The order that is meant, and its document where it is in our own format."""
        order = self._records.get(_kind(told.channel), told.external_id)
        if order is None and not self._takes_unknown():
            raise Refusal("unknown_order", f"there is no order {told.external_id}")
        order = order or _new()
        payload = json.loads(order["payload"]) if order["payload"] else None
        ours = isinstance(payload, dict) and payload.keys() >= {"external_id", "lines", "payment", "total"}
        return order, payload if ours else None

    def _done(self, told: ChannelUpdate, order: Record, document: dict[str, Any] | None) -> Done:
        if document is not None:
            order["payload"] = json.dumps(document)
        self._keep(told.channel, told.external_id, order)
        return Done(reference=f"UPDATE-{self._records.number(_TOLD):06}")

    def _keep(self, channel: str, external_id: str, order: Record) -> None:
        position = self._records.number(f"{_CHANGES} {channel}")
        self._records.put(_kind(channel), external_id, order | {"position": position})


def _new() -> Record:
    return {"payload": "", "position": 0, "parcels": [], "cancelled": {}, "refunds": []}


def _kind(channel: str) -> str:
    return f"order {channel}"


def _quantities(lines: Iterable[ChannelLine]) -> dict[str, int]:
    return {line.line_id: line.quantity for line in lines}


def _line(document: dict[str, Any] | None, line_id: str) -> dict[str, Any] | None:
    lines = document["lines"] if document is not None else []
    return next((line for line in lines if line["id"] == line_id), None)


def _check_left(order: Record, document: dict[str, Any] | None, lines: Iterable[ChannelLine]) -> None:
    """Refuse more of a line than was sold and is left."""
    if document is None:
        return
    for line_id, quantity in _quantities(lines).items():
        line = _line(document, line_id)
        if line is None:
            raise Refusal("unknown_line", f"the order has no line {line_id}")
        sent = sum(parcel["lines"].get(line_id, 0) for parcel in order["parcels"])
        left = line["quantity"] - line.get("cancelled", 0) - sent
        if quantity > left:
            raise Refusal("too_many", f"{quantity} of line {line_id}, of which {left} are left")
