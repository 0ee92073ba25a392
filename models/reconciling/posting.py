"""What of an order the ERP's books lack so far, as the order itself knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.money import Money
from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from models.order.snapshot import OrderSnapshot


class Unposted(NamedTuple):
    """Something is still to be posted."""

    amount: Money | None
    """What was shipped and is on no invoice; none: the order of record itself is lacking."""


def unposted(snapshot: OrderSnapshot) -> Unposted | None:
    """Say what the ERP is still to be told; none where it has been told all there is."""
    if snapshot.lifecycle is Lifecycle.ACCEPTED:
        return None if "erp_order" in snapshot.references else Unposted(None)
    if snapshot.lifecycle not in {Lifecycle.IN_FULFILMENT, Lifecycle.COMPLETED}:
        return None
    invoiced = snapshot.money.invoiced
    shipped = Money.sum_of((shipment.value for shipment in snapshot.shipments), invoiced.currency)
    return Unposted(shipped - invoiced) if invoiced < shipped else None
