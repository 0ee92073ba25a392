"""Orders of five channels through a real ERP, warehouse, payment API, carrier and shop at once, and the books after."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ops.cli.client import Api
from ops.cli.connection import Connection, kept_key
from ops.partners.roster import parts_for
from ops.partners.tryton.erp import ERP
from ops.partners.tryton.wms import WMS
from ops.proof.partners.agreement import disagreements
from ops.proof.partners.books import erp_papers, on_shelves, warehouse_papers
from ops.proof.partners.course import Course
from ops.proof.partners.money import money_differences, taken_at_stripe, taken_by_us
from ops.proof.partners.ours import on_hand, our_papers
from ops.stack.running import running_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ops.partners.tryton.server.installation import Installation
    from ops.partners.tryton.server.rpc import Rpc
    from ops.stack.folder import Folder
    from ops.stack.running import Stack

SYSTEMS: Mapping[str, str] = {"erp": "tryton", "wms": "tryton", "payment": "stripe", "carrier": "karrio"}
SHOP = "vendure"


class PartnersProof(BaseModel):
    """How it went."""

    model_config = ConfigDict(frozen=True)

    orders: int
    by_channel: dict[str, int]
    by_end: dict[str, int]
    declined: tuple[str, ...]
    in_several_parcels: tuple[str, ...]
    returned: tuple[str, ...]
    seconds: float
    """From the first order handed in to the comparison."""
    disagreements: tuple[str, ...]
    """What books differ in, a sentence each."""

    @property
    def holds(self) -> bool:
        """Whether all that has to be in it was in it, and all books agree."""
        return not self.disagreements and bool(self.declined and self.in_several_parcels and self.returned)


async def prove_partners(folder: Folder, tell: Callable[[str], None], *, within_s: float = 900) -> PartnersProof:
    """Run it on a stack of its own; the systems are installed first where they are not yet.

    Args:
        folder: a new one, for this stack alone.
        tell: hears, a line at a time, how it goes.
        within_s: how long any one step may take.

    Raises:
        StackError: a system cannot be installed or started.
        Stuck: an order does not come where it should.
    """
    parts = parts_for(SYSTEMS, [SHOP])
    async with running_stack(folder, tell, any_ports=True, parts=parts) as stack:
        return await asyncio.to_thread(_prove, folder, stack, tell, within_s)


def _prove(folder: Folder, stack: Stack, tell: Callable[[str], None], within_s: float) -> PartnersProof:
    began = time.monotonic()
    with Api(Connection(stack.api_url, kept_key(folder.root))) as api:
        course = Course(api, folder, tell, within_s, stack.stopping.is_set)
        course.stop_work()
        course.hand_in(lambda: _shopping(stack), SHOP)
        course.cancel_in_the_warehouse()
        course.let_work()
        declined = course.finish()
        drift = _drift(api, stack, course)
        ended = {order_id: api.order(order_id) for order_id in course.orders.values()}
        bought = next(
            order_id for order_id, order in ended.items() if order["channel"] == SHOP and order["payment"]["captured"]
        )
        returned = course.send_back(bought)
        ours = our_papers(api, ended)
        money = money_differences(taken_by_us(api, ended), taken_at_stripe(*_payment_account(stack)))
        with _books(stack, ERP) as erp, _books(stack, WMS) as wms:
            differ = disagreements(ours, erp_papers(erp, ended), warehouse_papers(wms, ended))
    return PartnersProof(
        orders=len(ended),
        by_channel=_counted(order["channel"] for order in ended.values()),
        by_end=_counted(order["status"] for order in ended.values()),
        declined=tuple(declined),
        in_several_parcels=tuple(order_id for order_id, papers in ours.items() if papers.parcels > 1),
        returned=(returned,),
        seconds=round(time.monotonic() - began, 1),
        disagreements=(*drift, *differ, *money),
    )


def _shopping(stack: Stack) -> int:
    """Have shoppers place a morning's orders; answers how many they were."""
    from ops.partners.vendure.shoppers import BASKETS, place

    for basket in BASKETS:
        place(stack.plan.url(SHOP), basket)
    return len(BASKETS)


def _payment_account(stack: Stack) -> tuple[str, str]:
    from ops.partners.stripe_world.part import KEY, PORT, account_url

    return account_url(stack.plan.ports[PORT]), KEY


def _drift(api: Api, stack: Stack, course: Course) -> list[str]:
    """Lay what our ledger has on the shelves beside what the warehouse and the ERP have, for what was ordered."""
    skus = {line["sku"] for order_id in course.orders.values() for line in api.order(order_id)["lines"]}
    ours = on_hand(api, skus)
    found = []
    for name, installation in (("warehouse", WMS), ("ERP", ERP)):
        with _books(stack, installation) as books:
            theirs = on_shelves(books, skus)
        for node, sku in sorted(ours.keys() | theirs.keys()):
            mine, counted = ours.get((node, sku), 0), theirs.get((node, sku), 0)
            if mine != counted:
                found.append(f"{sku} at {node}: ours are {mine}, the {name} has {counted}")
    return found


def _books(stack: Stack, installation: Installation) -> Rpc:
    """Log in where an installation of this stack listens."""
    web = f"tryton_{installation.name}"
    return installation.administrator(stack.plan.url(web))


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
