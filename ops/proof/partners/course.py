"""The course of it: orders handed in and placed, one cancelled, some declined, one sent back; each step waited for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.cli.exits import CommandError
from ops.proof.partners.orders import DECLINED, TO_BE_CANCELLED, samples
from ops.stack.control import ask_supervisor

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.cli.client import Api, Json
    from ops.stack.folder import Folder

HANDS = "wms-hands"
"""The part of the stack that works in the warehouse."""
_LOOK_EVERY_S = 2.0
_ENDS = frozenset({"completed", "cancelled", "rejected"})
_LISTED = 500


class Stuck(CommandError):
    """An order did not come where it should have in time; says where it stands."""


@dataclass
class Course:
    """What happens to the orders."""

    api: Api
    folder: Folder
    tell: Callable[[str], None]
    within_s: float
    """How long any one step may take."""
    given_up: Callable[[], bool] = lambda: False
    """Whether somebody stops the stack."""
    orders: dict[str, str] = field(default_factory=dict)
    """Each order's id, by the sample's name or the shop's code."""

    def hand_in(self, place: Callable[[], int], shop: str) -> None:
        """Hand the samples in, and have shoppers place orders in a shop; waits until we have heard of them all."""
        for sample in samples():
            self.orders[sample.name] = self.api.submit(sample.format, sample.body)["id"]
        placed = place()
        self.tell(f"{len(self.orders)} samples handed in, {placed} orders placed in {shop}")
        self._until(lambda: len(self._of(shop)) == placed, f"orders placed in {shop} are found")
        self.orders |= {order["external_id"]: order["id"] for order in self._of(shop)}

    def cancel_in_the_warehouse(self) -> None:
        """Cancel an order while nobody in the warehouse works and its release lies there."""
        order_id = self.orders[TO_BE_CANCELLED[1]]
        self._until(lambda: _released(self.api.order(order_id)), f"{order_id} is released", order_id)
        self.api.cancel(order_id, "the customer thought better of it")
        self._until(lambda: self.api.order(order_id)["status"] == "cancelled", f"{order_id} is cancelled", order_id)
        self.tell(f"{order_id} was recalled from the warehouse and is cancelled")

    def stop_work(self) -> None:
        """Have nobody work in the warehouse."""
        ask_supervisor(self.folder, "stop", HANDS)

    def let_work(self) -> None:
        """Have the warehouse's people work again."""
        ask_supervisor(self.folder, "start", HANDS)

    def finish(self) -> list[str]:
        """Wait until all have ended, cancelling those whose card is declined; answers the declined ones."""
        declined: list[str] = []

        def all_ended() -> bool:
            for order in (self.api.order(order_id) for order_id in self.orders.values()):
                if order["id"] not in declined and _held_for(order, "payment"):
                    declined.append(order["id"])
                    self.api.cancel(order["id"], "the card was declined")
            return all(order["status"] in _ENDS for order in self._all())

        self._until(all_ended, "every order has ended")
        if self.orders[DECLINED[1]] not in declined:
            raise Stuck(f"{self.orders[DECLINED[1]]}: its card was not declined")
        return declined

    def send_back(self, order_id: str) -> str:
        """Send one unit of an order's first line back, from the wish to the refund; answers the return's id."""
        line = self.api.order(order_id)["lines"][0]
        wish = {"line_id": line["id"], "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
        body = {"lines": [wish], "resolution": "refund", "requested_by": "customer"}
        return_id = str(self.api.open_return(order_id, body)["id"])
        self._until_return(return_id, {"authorised", "in_transit"})
        node = self.api.order(order_id)["shipments"][0]["node"]
        receipt = {"receipt_id": "GR-1", "node": node, "lines": [{"sku": line["sku"], "quantity": 1}]}
        self.api.tell_return(return_id, "receipt", receipt)
        found = {"line_id": line["id"], "quantity": 1, "grade": "unopened", "accepted": True}
        self.api.tell_return(return_id, "inspection", {"inspection_id": "IN-1", "lines": [found]})
        self._until_return(return_id, {"refunded", "closed"})
        self.tell(f"{return_id}: received, inspected, refunded")
        return return_id

    def _until_return(self, return_id: str, states: set[str]) -> None:
        self._until(lambda: self.api.returned(return_id)["status"] in states, f"{return_id} is {' or '.join(states)}")

    def _until(self, come: Callable[[], bool], what: str, order_id: str | None = None) -> None:
        until = time.monotonic() + self.within_s
        while not come():
            if self.given_up():
                raise Stuck(f"the stack was stopped before: {what}")
            if time.monotonic() > until:
                waiting = [self.api.order(order_id)] if order_id else self._all()
                shown = "; ".join(_shown(order) for order in waiting if order["status"] not in _ENDS)
                raise Stuck(f"not within {self.within_s:g} s: {what}. {shown}")
            time.sleep(_LOOK_EVERY_S)

    def _of(self, channel: str) -> list[Json]:
        return self.api.orders({"channel": channel}, _LISTED)

    def _all(self) -> list[Json]:
        ours = set(self.orders.values())
        return [order for order in self.api.orders({}, _LISTED) if order["id"] in ours]


def _released(order: Json) -> bool:
    return any(line["released"] for line in order["lines"])


def _held_for(order: Json, kind: str) -> bool:
    return any(hold["kind"] == kind and hold["state"] == "open" for hold in order["holds"])


def _shown(order: Json) -> str:
    holds = ", ".join(f"{hold['kind']}: {hold['reason']}" for hold in order["holds"] if hold["state"] == "open")
    return f"{order['id']} is {order['status']}, waits for {order['waiting_on']} ({holds})"
