"""What happens to stock: told by warehouses, stores, suppliers and people, through the API and by callbacks.

Goods that are gone are gone: such a fact is never refused. It is taken from what is available, then from what orders
were promised (they are told), and what even that cannot explain is written down as a difference.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from models.base import Count, Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId
from models.order.document import Moment, Unit
from models.stock.lots import Day, LotStatus
from models.stock.quantities import Level, LotId, StockState


class StockLine(StrictModel):
    """So many of an article."""

    sku: Sku
    quantity: Quantity
    unit: Unit | None = None
    """UNECE Recommendation 20; none: the article's own unit."""
    lot: LotId = ""
    expires_on: Day | None = None
    """The lot's, where it is new to us; goods that are not kept by lot have none."""


class CountedLine(StrictModel):
    """How many there are of an article (and lot); none is an answer too."""

    sku: Sku
    quantity: Count
    unit: Unit | None = None
    lot: LotId = ""
    expires_on: Day | None = None


class AdjustedLine(StrictModel):
    """How many more there are than the books say, or fewer."""

    sku: Sku
    quantity: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    unit: Unit | None = None
    lot: LotId = ""
    expires_on: Day | None = None


Lines = Annotated[tuple[StockLine, ...], Field(min_length=1, max_length=1000)]
SetAside = Literal[StockState.QUARANTINED, StockState.DAMAGED, StockState.IN_INSPECTION]


class _StockEvent(StrictModel):
    event_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:/~-]+$")]
    """The sender's id of the event; the same event sent again has the same id."""
    occurred_at: Moment
    """When it happened, by the sender's clock; what is told to happen later than now happens now."""
    document: Text | None = None
    """The sender's document: a delivery note, a receipt, a count sheet."""
    reason: Text | None = None


class GoodsReceived(_StockEvent):
    """Goods have come in."""

    type: Literal["stock.received"] = "stock.received"
    node: Identifier
    lines: Lines
    supply_id: Text | None = None
    """The purchase or transfer they belong to."""
    state: SetAside | None = None
    """Set aside on arrival; none: for sale."""


class SupplyAnnounced(_StockEvent):
    """A supplier, or a despatch advice (ASN), says what will come and when; said again, it replaces what was said."""

    type: Literal["stock.supply_announced"] = "stock.supply_announced"
    supply_id: Text
    node: Identifier
    lines: Lines
    expected_at: Moment
    dispatched: bool = False
    """Whether it is on its way already."""
    supplier: Text | None = None


class SupplyDelayed(_StockEvent):
    """A supplier says that it will come later, or earlier; may be told before the supply is announced."""

    type: Literal["stock.supply_delayed"] = "stock.supply_delayed"
    supply_id: Text
    expected_at: Moment


class SupplyCancelled(_StockEvent):
    """What is outstanding of a supply will not come; may be told before it is announced."""

    type: Literal["stock.supply_cancelled"] = "stock.supply_cancelled"
    supply_id: Text


class GoodsPicked(_StockEvent):
    """A picker has taken an order's goods off the shelf; they still lie at the node."""

    type: Literal["stock.picked"] = "stock.picked"
    node: Identifier
    order_id: OrderId
    lines: Lines


class GoodsSold(_StockEvent):
    """A store sold goods over the counter."""

    type: Literal["stock.sold"] = "stock.sold"
    node: Identifier
    lines: Lines


class GoodsShipped(_StockEvent):
    """Goods have left a node that were reserved for nobody: what orders reserved is told by their own shipments."""

    type: Literal["stock.shipped"] = "stock.shipped"
    node: Identifier
    lines: Lines
    order_id: OrderId | None = None


class GoodsReturned(_StockEvent):
    """Goods have come back from a customer."""

    type: Literal["stock.returned"] = "stock.returned"
    node: Identifier
    lines: Lines
    order_id: OrderId | None = None
    state: SetAside | None = StockState.IN_INSPECTION
    """Where they are put; none: for sale at once."""


class GoodsSetAside(_StockEvent):
    """Goods for sale are found unfit, or are to be looked at: damaged, quarantined, in inspection."""

    type: Literal["stock.set_aside"] = "stock.set_aside"
    node: Identifier
    lines: Lines
    state: SetAside
    from_state: SetAside | None = None
    """Where they were set aside before; none: they lay among what is for sale."""


class GoodsCleared(_StockEvent):
    """Goods that were set aside are for sale again."""

    type: Literal["stock.cleared"] = "stock.cleared"
    node: Identifier
    lines: Lines
    state: SetAside


class GoodsScrapped(_StockEvent):
    """Goods are thrown away."""

    type: Literal["stock.scrapped"] = "stock.scrapped"
    node: Identifier
    lines: Lines
    state: SetAside | None = None
    """Where they lay; none: among what is for sale."""


class TransferDispatched(_StockEvent):
    """Goods have left one node for another."""

    type: Literal["stock.transfer_dispatched"] = "stock.transfer_dispatched"
    transfer_id: Text
    from_node: Identifier
    to_node: Identifier
    lines: Lines
    expected_at: Moment | None = None


class TransferReceived(_StockEvent):
    """Goods from another node have arrived; may be told before their departure is."""

    type: Literal["stock.transfer_received"] = "stock.transfer_received"
    transfer_id: Text
    from_node: Identifier
    to_node: Identifier
    lines: Lines


class GoodsCounted(_StockEvent):
    """What lies at a node was counted at `occurred_at`, all states together; what moved since then is kept."""

    type: Literal["stock.counted"] = "stock.counted"
    node: Identifier
    lines: Annotated[tuple[CountedLine, ...], Field(min_length=1, max_length=1000)]


class GoodsAdjusted(_StockEvent):
    """A person corrects the books; a reason is asked for."""

    type: Literal["stock.adjusted"] = "stock.adjusted"
    node: Identifier
    lines: Annotated[tuple[AdjustedLine, ...], Field(min_length=1, max_length=1000)]
    reason: Text


class LotJudged(_StockEvent):
    """A lot is released, quarantined or recalled, wherever it lies."""

    type: Literal["stock.lot_judged"] = "stock.lot_judged"
    sku: Sku
    lot: Annotated[LotId, Field(min_length=1)]
    status: LotStatus
    expires_on: Day | None = None


StockEvent = Annotated[
    GoodsReceived
    | SupplyAnnounced
    | SupplyDelayed
    | SupplyCancelled
    | GoodsPicked
    | GoodsSold
    | GoodsShipped
    | GoodsReturned
    | GoodsSetAside
    | GoodsCleared
    | GoodsScrapped
    | TransferDispatched
    | TransferReceived
    | GoodsCounted
    | GoodsAdjusted
    | LotJudged,
    Field(discriminator="type"),
]
"""Any of them, told apart by `type`."""

STOCK_EVENT: TypeAdapter[StockEvent] = TypeAdapter(StockEvent)


class Displacement(StrictModel):
    """What an order was promised and will not get from there."""

    order_id: OrderId
    reservation_key: Text
    line_id: Identifier
    sku: Sku
    node: Identifier
    lot: LotId = ""
    quantity: Quantity


class Unexplained(StrictModel):
    """So many are gone that the books never had."""

    sku: Sku
    node: Identifier
    lot: LotId = ""
    quantity: Quantity


class StockEventAnswer(StrictModel):
    """What an event did."""

    event_id: Text
    repeated: bool = False
    """Whether it had been written before; then nothing happened now."""
    displaced: tuple[Displacement, ...] = ()
    unexplained: tuple[Unexplained, ...] = ()
    corrected: Level = 0
    """Units by which a count changed the books."""
    unheard_of: Text | None = None
    """A supply that nobody has told us of yet: what was said of it counts as soon as somebody does."""
