"""A warehouse may pack what was released in several parcels under the one label we gave it."""

from __future__ import annotations

from datetime import UTC, datetime

from models.order.goods import Goods
from models.partners.events import ParcelShipped, PickedLine
from models.states.fulfilment import ShipmentState
from models.stock.demand import Need
from models.stock.reservation import Allocation
from tests.promises.orders.orders import an_order

LABEL = "SBX-1"


def _goods() -> Goods:
    order = an_order(mug=3)
    goods = Goods(order)
    goods.plan([Need(line_id="1", sku="MUG", quantity=3)])
    goods.reserved([Allocation(line_id="1", sku="MUG", node="berlin", quantity=3)])
    goods.released([Allocation(line_id="1", sku="MUG", node="berlin", quantity=3)])
    for number, quantity in enumerate((2, 1), start=1):
        goods.shipped(
            ParcelShipped(
                event_id=f"left-{number}",
                order_id=order.id,
                occurred_at=datetime.now(UTC),
                release_key="r",
                shipment_id=f"P{number}",
                node="berlin",
                carrier="DPD",
                tracking_number=LABEL,
                lines=(PickedLine(line_id="1", sku="MUG", quantity=quantity),),
            )
        )
    return goods


def test_what_the_carrier_says_of_a_label_is_so_of_every_parcel_under_it():
    goods = _goods()
    assert goods.moved(LABEL, ShipmentState.DELIVERED)
    assert {parcel.state for parcel in goods.parcels.values()} == {ShipmentState.DELIVERED}
    assert goods.parts["1", "MUG"].delivered == 3


def test_said_again_it_is_no_news():
    goods = _goods()
    assert goods.moved(LABEL, ShipmentState.IN_TRANSIT)
    assert not goods.moved(LABEL, ShipmentState.IN_TRANSIT)
    assert not goods.moved("another", ShipmentState.IN_TRANSIT)
