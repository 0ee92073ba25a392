"""The sandbox WMS's gate and lorries: takes deliveries in, sends goods from node to node, and tells the ERP's books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from activities.adapters.sandbox.wire import Receipt
from models.errors import InvalidInput
from models.partners.asking import Done
from models.partners.transfers import TransferOrder
from models.stock.events import GoodsReceived, StockLine, TransferDispatched, TransferReceived
from models.strict_json import read
from ops.sandbox.serving.callbacks import event_id
from ops.sandbox.serving.problems import Refusal, problem
from ops.sandbox.warehouse.between import DELIVERIES, POSTINGS, Delivery, Neighbour, Posting
from ops.sandbox.warehouse.picking import Shelves

if TYPE_CHECKING:
    from starlette.requests import Request

    from ops.sandbox.goods import Goods
    from ops.sandbox.serving.service import Service
    from ops.sandbox.warehouse.picking import PickDials

_TRANSFER = "transfer"
_RECEIVED = "received"
_ARRIVE = "arrive"
_POST = "post"


class Moving:
    """Keeps a transfer as what was asked."""

    def __init__(self, service: Service, goods: Goods) -> None:
        """Fill the shelves, the first time, and learn to drive."""
        self._service = service
        self._nodes = {node.name for node in goods.nodes}
        self.shelves = Shelves(service.records, self._post)
        with service.database.transaction():
            self.shelves.fill(goods)
        self._erp = Neighbour(service.options.erp_url)
        service.errands.learn(_ARRIVE, self._arrive)
        service.errands.learn(_POST, self._tell_erp)

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        counter = self._service.counter
        return [
            counter.effect("/transfers", "transfer", TransferOrder, Receipt[Done], act=self._dispatch),
            Route(DELIVERIES, self._take_in, methods=["POST"]),
        ]

    async def close(self) -> None:
        """Close its connections."""
        await self._erp.close()

    def _post(self, node: str, sku: str, change: int) -> None:
        if self._erp.url:
            posting = Posting(key=event_id(), node=node, sku=sku, change=change)
            self._service.errands.add(_POST, "", posting.model_dump())

    def _dispatch(self, order: TransferOrder) -> Done:
        unknown = sorted({order.from_node, order.to_node} - self._nodes)
        if unknown:
            raise Refusal("unknown_node", f"there is no warehouse {', '.join(unknown)}")
        for line in order.lines:
            if self.shelves.take(order.from_node, line.sku, line.quantity) < line.quantity:
                raise Refusal("not_there", f"{order.from_node} has not {line.quantity} of {line.sku}")
        number = f"TR-{self._service.records.number(_TRANSFER):06}"
        asked = order.model_dump_json()
        self._service.records.put(_TRANSFER, number, {"asked": asked, "arrived": False}, order.key)
        dials: PickDials = self._service.board.dials
        delay_s = dials.transfer_delay_ms / 1000
        now = datetime.now(UTC)
        self._service.callbacks.tell(
            TransferDispatched(
                event_id=event_id(),
                occurred_at=now,
                transfer_id=order.key,
                from_node=order.from_node,
                to_node=order.to_node,
                lines=_lines(order),
                expected_at=now + timedelta(seconds=delay_s),
                document=number,
                reason=order.reason,
            )
        )
        self._service.errands.add(_ARRIVE, order.order_id or "", {"transfer": number}, delay_s)
        return Done(reference=number)

    async def _arrive(self, body: dict[str, Any]) -> None:
        number = body["transfer"]
        with self._service.database.transaction():
            transfer = self._service.records.get(_TRANSFER, number)
            if transfer is None or transfer["arrived"]:
                return
            self._service.records.put(_TRANSFER, number, transfer | {"arrived": True})
            order = TransferOrder.model_validate_json(transfer["asked"])
            for line in order.lines:
                self.shelves.change(order.to_node, line.sku, line.quantity)
            self._service.callbacks.tell(
                TransferReceived(
                    event_id=event_id(),
                    occurred_at=datetime.now(UTC),
                    transfer_id=order.key,
                    from_node=order.from_node,
                    to_node=order.to_node,
                    lines=_lines(order),
                    document=number,
                )
            )

    async def _take_in(self, request: Request) -> Response:
        try:
            came = read(Delivery, await request.body())
        except InvalidInput as error:
            return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))
        records = self._service.records
        with self._service.database.transaction():
            if records.get(_RECEIVED, came.supply_id) is None:
                records.put(_RECEIVED, came.supply_id, came.model_dump())
                self.shelves.change(came.node, came.sku, came.quantity)
                self._service.callbacks.tell(
                    GoodsReceived(
                        event_id=event_id(),
                        occurred_at=datetime.now(UTC),
                        node=came.node,
                        lines=(StockLine(sku=came.sku, quantity=came.quantity),),
                        supply_id=came.supply_id,
                    )
                )
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _tell_erp(self, body: dict[str, Any]) -> None:
        await self._erp.tell(POSTINGS, Posting.model_validate(body))


def _lines(order: TransferOrder) -> tuple[StockLine, ...]:
    return tuple(StockLine(sku=line.sku, quantity=line.quantity) for line in order.lines)
