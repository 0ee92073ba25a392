"""The sandbox ERP's purchasing and its books of stock: what is bought comes after a while, late if a dial says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from starlette.responses import Response
from starlette.routing import Route

from activities.adapters.sandbox.wire import Counts, Receipt
from models.errors import InvalidInput
from models.partners.asking import Done, Undo, Undone
from models.partners.purchasing import DropShipOrder
from models.partners.transfers import PurchaseRequisition, RequisitionAnswer
from models.stock.events import StockLine, SupplyAnnounced, SupplyDelayed
from models.strict_json import read
from ops.sandbox.serving.callbacks import event_id
from ops.sandbox.serving.counter import Taken
from ops.sandbox.serving.dials import Dials, Milliseconds
from ops.sandbox.serving.problems import Refusal, problem
from ops.sandbox.warehouse.between import DELIVERIES, POSTINGS, Delivery, Neighbour, Posting
from ops.sandbox.warehouse.picking import Shelves

if TYPE_CHECKING:
    from starlette.requests import Request

    from models.catalogue import Item
    from ops.sandbox.goods import Goods
    from ops.sandbox.serving.service import Service

_PURCHASE = "purchase_order"
_DROP_SHIP = "drop_ship_order"
_DELIVER = "deliver"
_POSTED = "posted"
_SUPPLIER = "Nordic Trading"
_Days = Annotated[int, Field(ge=0, le=365)]


class PurchaseDials(Dials):
    """How quick suppliers are, and how well the books are kept."""

    supply_lead_days: Annotated[int, Field(ge=1, le=365)] = 3
    """From the order until the supplier promises the goods."""
    supply_delay_ms: Milliseconds = 4_000
    """How long those days take here."""
    supplier_delay_days_next: tuple[_Days, ...] = ()
    """How many days late the next deliveries are, one each."""
    postings_lost_next: Annotated[int, Field(ge=0)] = 0
    """So many of the warehouse's next postings are taken and not booked: the books differ from the shelves."""


class Purchasing:
    """Keeps a purchase order as what was bought, and the books as quantities by node and article."""

    def __init__(self, service: Service, goods: Goods, items: dict[str, Item]) -> None:
        """Open the books with what lies on the shelves at first, and learn to deliver."""
        self._service = service
        self._nodes = {node.name for node in goods.nodes}
        self._items = items
        self._books = Shelves(service.records)
        with service.database.transaction():
            self._books.fill(goods)
        self._warehouse = Neighbour(service.options.wms_url)
        service.errands.learn(_DELIVER, self._deliver)

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        counter = self._service.counter
        answer = Receipt[RequisitionAnswer]
        return [
            counter.effect("/requisitions", "requisition", PurchaseRequisition, answer, act=self._buy),
            counter.effect("/drop-shipments", "order_drop_ship", DropShipOrder, Receipt[Done], act=self._order),
            counter.undo(
                "/drop-shipments/cancellation",
                "cancel_drop_ship",
                Undo,
                Receipt[Undone],
                act=self._cancel,
                never=Undone(happened=False),
            ),
            counter.route("/stock-levels", "GET", "stock_levels", self._levels),
            Route(POSTINGS, self._post, methods=["POST"]),
        ]

    async def close(self) -> None:
        """Close its connections."""
        await self._warehouse.close()

    def _buy(self, asked: PurchaseRequisition) -> RequisitionAnswer:
        quantity = self._quantity(asked)
        dials, late = self._next_delay()
        number = f"PO-{self._service.records.number(_PURCHASE):06}"
        now = datetime.now(UTC)
        expected = now + timedelta(days=dials.supply_lead_days)
        supplier = asked.supplier or _SUPPLIER
        self._service.records.put(_PURCHASE, number, {"asked": asked.model_dump(mode="json"), "late": late}, asked.key)
        self._service.callbacks.tell(
            SupplyAnnounced(
                event_id=event_id(),
                occurred_at=now,
                supply_id=number,
                node=asked.node,
                lines=(StockLine(sku=asked.sku, quantity=quantity),),
                expected_at=expected,
                supplier=supplier,
            )
        )
        delay_s = dials.supply_delay_ms / 1000
        if late:
            delayed = SupplyDelayed(
                event_id=event_id(), occurred_at=now, supply_id=number, expected_at=expected + timedelta(days=late)
            )
            # Half-way through, as suppliers do.
            self._service.callbacks.tell(delayed, delay_s / 2)
        if self._warehouse.url:
            goods = Delivery(supply_id=number, node=asked.node, sku=asked.sku, quantity=quantity)
            coming_s = delay_s * (1 + late / dials.supply_lead_days)
            self._service.errands.add(_DELIVER, "", goods.model_dump(), coming_s)
        return RequisitionAnswer(reference=number, expected_at=expected, supplier=supplier)

    def _order(self, asked: DropShipOrder) -> Done:
        """Pass a customer's goods on to the supplier, who sends them: nothing comes in here."""
        if asked.supplier not in self._nodes:
            raise Refusal("unknown_supplier", f"there is no supplier {asked.supplier}")
        number = f"PO-{self._service.records.number(_PURCHASE):06}"
        self._service.records.put(_DROP_SHIP, number, {"asked": asked.model_dump_json(), "state": "open"}, asked.key)
        return Done(reference=number)

    def _cancel(self, undo: Undo) -> Taken[Undone] | None:
        found = self._service.records.by_key(_DROP_SHIP, undo.key)
        if found is None:
            return None
        number, purchase = found
        changed = purchase["state"] == "open"
        self._service.records.put(_DROP_SHIP, number, purchase | {"state": "cancelled"})
        return Taken(Undone(happened=True), changed)

    def _quantity(self, asked: PurchaseRequisition) -> int:
        if asked.node not in self._nodes:
            raise Refusal("unknown_node", f"there is no warehouse {asked.node}")
        item = self._items.get(asked.sku)
        if item is None or not item.stocked or item.components:
            raise Refusal("unknown_item", f"cannot be bought: {asked.sku}")
        quantity = item.in_own_unit(asked.quantity, asked.unit)
        if quantity is None:
            raise Refusal("unknown_unit", f"{asked.sku} is not bought in {asked.unit}")
        return quantity

    def _next_delay(self) -> tuple[PurchaseDials, int]:
        dials: PurchaseDials = self._service.board.dials
        if not dials.supplier_delay_days_next:
            return dials, 0
        late, *rest = dials.supplier_delay_days_next
        self._service.board.dials = dials.model_copy(update={"supplier_delay_days_next": tuple(rest)})
        return dials, late

    async def _deliver(self, body: dict[str, Any]) -> None:
        await self._warehouse.tell(DELIVERIES, Delivery.model_validate(body))

    async def _levels(self, _request: Request) -> Response:
        return Response(Counts(counts=self._books.counts()).model_dump_json(), media_type="application/json")

    async def _post(self, request: Request) -> Response:
        try:
            posting = read(Posting, await request.body())
        except InvalidInput as error:
            return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))
        records = self._service.records
        with self._service.database.transaction():
            if records.get(_POSTED, posting.key) is None:
                records.put(_POSTED, posting.key, {"change": posting.change})
                if not self._lost():
                    self._books.change(posting.node, posting.sku, posting.change)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _lost(self) -> bool:
        dials: PurchaseDials = self._service.board.dials
        if not dials.postings_lost_next:
            return False
        self._service.board.dials = dials.model_copy(update={"postings_lost_next": dials.postings_lost_next - 1})
        return True
