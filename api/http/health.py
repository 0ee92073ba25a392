"""Health, by dependency; metrics; and what the types of problems mean."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Literal

import structlog
from fastapi import APIRouter, Request, Response

from api.http.documentation import answers
from api.http.problems import ALL, NOT_FOUND, TYPES, Refusal
from api.orders import examples
from api.orders.views import View
from api.services import NotTold, Provided, Unwell

if TYPE_CHECKING:
    from api.services import Check, Services

log = structlog.get_logger()
router = APIRouter(tags=["operation"])
_WITHIN_S = 2.0
_FRESH_FOR_S = 1.0
"""Anybody may ask for health; dependencies are asked no more often than this."""


class CheckView(View):
    """One dependency."""

    status: Literal["ok", "down", "unknown"]
    detail: str


class Health(View):
    """``ok``; ``degraded`` where something is down that others wait for; ``down`` where the API is of no use."""

    status: Literal["ok", "degraded", "down"]
    checks: dict[str, CheckView]


class ProblemType(View):
    """What a type of problem means."""

    type: str
    title: str
    status: int
    advice: str


class HealthDesk:
    """Asks every dependency, side by side, and remembers the answer for a moment."""

    def __init__(self, services: Services) -> None:
        """Ask these."""
        self._services = services
        self._asking = asyncio.Lock()
        self._known: Health | None = None
        self._asked_at = 0.0

    async def report(self) -> Health:
        """Say how everything is."""
        async with self._asking:
            if self._known is None or time.monotonic() - self._asked_at > _FRESH_FOR_S:
                self._known = await self._ask()
                self._asked_at = time.monotonic()
            return self._known

    async def _ask(self) -> Health:
        checks = self._services.checks
        views = dict(zip(checks, await asyncio.gather(*map(_view, checks.values())), strict=True))
        down = {name for name, view in views.items() if view.status == "down"}
        if any(checks[name].essential for name in down):
            return Health(status="down", checks=views)
        return Health(status="degraded" if down else "ok", checks=views)


async def _view(check: Check) -> CheckView:
    try:
        async with asyncio.timeout(_WITHIN_S):
            return CheckView(status="ok", detail=await check.ask())
    except NotTold as answer:
        return CheckView(status="unknown", detail=str(answer))
    except Unwell as answer:
        return CheckView(status="down", detail=str(answer))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is not there
        return CheckView(status="down", detail=type(error).__name__)


@router.get(
    "/v1/health",
    response_model=Health,
    summary="Ask whether everything is there",
    responses=answers(s503=(Health, examples.HEALTH)),
)
async def health(request: Request) -> Response:
    """Each dependency by name; 503 where the API is of no use."""
    desk: HealthDesk = request.app.state.health
    report = await desk.report()
    status = 503 if report.status == "down" else 200
    return Response(report.model_dump_json(), status, media_type="application/json")


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, services: Provided) -> Response:
    """What was counted, for Prometheus."""
    desk: HealthDesk = request.app.state.health
    # Feeds that are not read and orders that stand still are counted as health is asked for; nobody else may ask.
    await desk.report()
    return Response(services.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get(TYPES + "{code}", summary="Explain a type of problem", responses=answers(404))
async def problem_type(code: str) -> ProblemType:
    """What the `type` of a problem document points at."""
    for kind in ALL:
        if kind.code == code:
            return ProblemType(type=TYPES + code, title=kind.title, status=kind.status, advice=kind.advice)
    raise Refusal(NOT_FOUND, "there is no such type of problem")
