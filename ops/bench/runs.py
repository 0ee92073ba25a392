"""The two things the order benchmark runs: real orders through real processes, and the bare workflow."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from models.messages import OrderStart, Receipt
from models.money import Money
from models.order.document import Line, OrderDocument
from models.order.order import Order, Provenance
from models.order.parties import Address, Customer
from models.order.payment_terms import Payment, PaymentTerms
from models.partners.events import PARTNER_EVENT
from models.settings import PartnerSettings, Settings
from ops.bench.bare import QUEUE
from ops.bench.stand import free_port, process
from ops.stack.folder import Folder
from ops.stack.seeding import migrate, seed
from workflows.queues import ORDERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request
    from temporalio.client import Client

    from ops.bench.stand import Server

_HOST = "127.0.0.1"
_PARTNERS = ("erp", "wms", "payment", "carrier", "notification")
_SECRET = "whsec_QmVuY2htYXJrT25seUJlbmNobWFya09ubHk="  # noqa: S105 - the stand's own, for the length of a run
_QUICK = {"wms": '{"pick_delay_ms": 0}', "carrier": '{"transit_delay_ms": 0, "delivery_delay_ms": 0}'}
_TRIES = 300
_PAUSE_S = 0.1


@asynccontextmanager
async def order_workers(folder: Path, server: Server) -> AsyncIterator[int]:
    """Run the workers and everything an order needs around them; answers the workers' process number."""
    ports = {partner: free_port() for partner in _PARTNERS}
    callbacks = free_port()
    partners: dict[str, Any] = {name: PartnerSettings(url=f"http://{_HOST}:{port}") for name, port in ports.items()}
    settings = Settings(data_dir=folder, worker_metrics_port=0, **partners)
    await migrate(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_callbacks(server.client, callbacks))
        for partner, port in ports.items():
            command = (
                *(sys.executable, "-m", "ops.sandbox", partner, "--port", str(port), "--data", str(folder)),
                *("--callback-url", f"http://{_HOST}:{callbacks}/", "--callback-secret", _SECRET),
                *("--carrier-url", f"http://{_HOST}:{ports['carrier']}"),
                *(("--dials", _QUICK[partner]) if partner in _QUICK else ()),
            )
            await stack.enter_async_context(process(*command, log=folder / f"{partner}.log"))
        await _until_there([*ports.values(), callbacks])
        await seed(settings, Folder(folder))
        environment = {f"ORDERLOOM_{name.upper()}__URL": f"http://{_HOST}:{port}" for name, port in ports.items()}
        workers = await stack.enter_async_context(
            process(
                *(sys.executable, "-m", "workers"),
                log=folder / "workers.log",
                TEMPORAL_ADDRESS=server.address,
                ORDERLOOM_DATA_DIR=str(folder),
                ORDERLOOM_WORKER_METRICS_PORT="0",
                **environment,
            )
        )
        yield workers


@asynccontextmanager
async def bare_workers(folder: Path, server: Server) -> AsyncIterator[int]:
    """Run the bare workflow's workers; answers their process number."""
    command = (sys.executable, "-m", "ops.bench.bare")
    async with process(*command, log=folder / "bare.log", TEMPORAL_ADDRESS=server.address) as pid:
        yield pid


async def carry_out(client: Client, number: int) -> str:
    """Submit one ordinary prepaid order as the API does, and wait for its end; answers its id."""
    order = _order(number)
    operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        "OrderWorkflow",
        OrderStart(order=order),
        id=order.id,
        task_queue=ORDERS,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    await client.execute_update_with_start_workflow(
        "accept", id="accept", result_type=Receipt, start_workflow_operation=operation
    )
    outcome = await client.get_workflow_handle(order.id).result()
    if outcome != "completed":
        message = f"{order.id} ended as {outcome}: the run measures nothing"
        raise RuntimeError(message)
    return order.id


async def run_bare(client: Client, number: int, calls: int) -> str:
    """Run one bare workflow; answers its id."""
    name = f"bare-{number}"
    await client.execute_workflow("BareWorkflow", calls, id=name, task_queue=QUEUE)
    return name


def _order(number: int) -> Order:
    price = Money(amount=2380, currency="EUR")
    document = OrderDocument(
        channel="shopify",
        external_id=f"bench-{number}",
        placed_at=datetime.now(UTC),
        currency="EUR",
        taxes_included=True,
        customer=Customer(id="C-1", email="ada@example.com"),
        shipping_address=Address(name="Ada", lines=("Hauptstr. 1",), city="Berlin", postal_code="10115", country="DE"),
        lines=(Line(id="1", sku="MUG-BLUE", quantity=2, subtotal=price, total=price),),
        payment=Payment(terms=PaymentTerms.PREPAID),
        total=price,
    )
    return Order.accepted(document, Provenance(format="bench", payload_digest="0" * 64))


@asynccontextmanager
async def _callbacks(client: Client, port: int) -> AsyncIterator[None]:
    """Take partners' callbacks straight to the orders: the inbox is the API's, whose cost is not measured here."""

    async def take(request: Request) -> Response:
        event = PARTNER_EVENT.validate_json(await request.body())
        await client.get_workflow_handle(event.order_id).signal("partner_event", event)
        return Response(status_code=202)

    app = Starlette(routes=[Route("/", take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host=_HOST, port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def _until_there(ports: list[int]) -> None:
    for port in ports:
        for _ in range(_TRIES):
            if await _listens(port):
                break
            await asyncio.sleep(_PAUSE_S)
        else:
            message = f"nobody listens on port {port}"
            raise TimeoutError(message)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(_HOST, port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
