"""However long a file is, it stands behind everybody else's orders."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable

from temporalio.testing import ActivityEnvironment

from activities.batches import BatchActivities
from activities.records.batches import PartTaken
from api.orders.examples import CANONICAL_ORDER
from models.batch.batch import BatchState, Counts, Progress
from models.order.document import OrderDocument, ServiceLevel
from models.order.order import Order, Provenance
from models.strict_json import read
from workflows.starting import OF_A_BATCH, start_of


def an_order(format_: str, level: ServiceLevel = ServiceLevel.STANDARD) -> Order:
    document = read(OrderDocument, json.dumps(CANONICAL_ORDER).encode())
    document = document.model_copy(
        update={"fulfilment": document.fulfilment.model_copy(update={"service_level": level})}
    )
    return Order.accepted(document, Provenance(format=format_, payload_digest="0" * 64))


def priority(format_: str, level: ServiceLevel = ServiceLevel.STANDARD) -> int:
    key = start_of(an_order(format_, level), "orders")["priority"].priority_key
    assert isinstance(key, int)
    return key


def test_orders_of_a_file_come_after_all_others() -> None:
    ordinary, expedited = priority("shopify/orders"), priority("shopify/orders", ServiceLevel.EXPEDITED)
    of_a_file = priority("batch/csv")
    assert expedited < ordinary < of_a_file == OF_A_BATCH.priority_key


def test_an_expedited_order_of_a_file_is_still_one_of_a_file() -> None:
    assert priority("batch/x12", ServiceLevel.EXPEDITED) == priority("batch/csv")


class OneOrder:
    """A file of one order, and where it is started; notes whether the work of others was done by then."""

    def __init__(self) -> None:
        self.others: asyncio.Task[None] | None = None
        self.others_were_done: bool | None = None

    async def take_part(self, batch_id: str, *, orders: int, beat: Callable[[], None]) -> PartTaken:
        assert (batch_id, orders > 0) == ("a file", True)
        beat()
        self.others = asyncio.create_task(_work())
        progress = Progress(name=batch_id, state=BatchState.DONE, counts=Counts(), offset=1, size=1)
        return PartTaken(progress, (an_order("batch/csv"),))

    async def start(self, order: Order) -> bool:
        assert order.id
        self.others_were_done = self.others is not None and self.others.done()
        return True

    async def note_started(self, order_ids: Iterable[str]) -> None:
        assert list(order_ids)

    async def cancel(self, batch_id: str) -> None:
        raise AssertionError(batch_id)


async def _work() -> None:
    """Keep the process busy, in turns."""
    for _ in range(5):
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        await asyncio.sleep(0)


async def test_an_order_of_a_file_is_started_when_its_process_has_nothing_else_to_do() -> None:
    file = OneOrder()
    await ActivityEnvironment().run(BatchActivities(file, file).take_part, "a file")
    assert file.others_were_done
