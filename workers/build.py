"""Which build this is, and making it the one that new work goes to."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.service import RPCError, RPCStatusCode

from workers.assembly import DEPLOYMENT

if TYPE_CHECKING:
    from temporalio.client import Client

_ROOT = Path(__file__).parent.parent
_DECIDES = ("models", "activities", "workflows")
_TRIES = 100
_PAUSE_S = 0.2

log = structlog.get_logger()


def build_id() -> str:
    """Name the build by what decides how an order behaves: the source of its nouns, verbs and story."""
    digest = hashlib.sha256()
    for folder in _DECIDES:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


async def promote(client: Client, build: str) -> None:
    """Make a build the current one of our deployment: until then the server gives its workers no task at all.

    Raises:
        RPCError: the server refused, for another reason than that it has not heard of the build yet.
    """
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=DEPLOYMENT,
        build_id=build,
        ignore_missing_task_queues=True,
        identity=client.identity,
    )
    for attempt in range(_TRIES):
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            unheard_of = error.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}
            if not unheard_of or attempt == _TRIES - 1:
                raise
            await asyncio.sleep(_PAUSE_S)
        else:
            log.info("build is current", build=build)
            return
