"""A channel's quota: so many calls a second, and 429 with the time to wait beyond it."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.requests import Request
from starlette.routing import Route

from activities.adapters.sandbox.wire import KEY_HEADER
from ops.sandbox.serving.journal import Verdict
from ops.sandbox.serving.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from ops.sandbox.serving.journal import Journal

_WINDOW_S = 1.0


class Quota:
    """The calls of every channel within the last second; counted anew after a restart."""

    def __init__(self, calls_per_second: Callable[[], int | None], journal: Journal) -> None:
        """Allow so many, as the dials stand at the time; none: any number."""
        self._allowed = calls_per_second
        self._journal = journal
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def on(self, route: Route, operation: str) -> Route:
        """Count a route's calls for the channel its path names."""
        methods = sorted(route.methods or ())
        return Route(route.path, _Counted(self, route.app, operation), methods=methods)

    def refuse(self, operation: str, key: str) -> None:
        """Note a call that was not allowed."""
        self._journal.request(operation, key, "", Verdict.REFUSED, "throttled")

    def over(self, channel: str) -> float:
        """Count a call; answers how many seconds too early it comes."""
        allowed = self._allowed()
        if allowed is None:
            return 0.0
        now, calls = time.monotonic(), self._calls[channel]
        while calls and calls[0] <= now - _WINDOW_S:
            calls.popleft()
        if len(calls) >= allowed:
            return calls[0] + _WINDOW_S - now
        calls.append(now)
        return 0.0


class _Counted:
    """An endpoint that is asked only within the quota."""

    def __init__(self, quota: Quota, endpoint: ASGIApp, operation: str) -> None:
        self._quota = quota
        self._endpoint = endpoint
        self._operation = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        channel = scope["path_params"]["channel"]
        wait_s = self._quota.over(channel)
        if not wait_s:
            await self._endpoint(scope, receive, send)
            return
        self._quota.refuse(self._operation, unquote(Request(scope).headers.get(KEY_HEADER, "")))
        headers = {"Retry-After": str(math.ceil(wait_s))}
        refusal = problem(HTTPStatus.TOO_MANY_REQUESTS, "throttled", f"{channel}'s quota is used up", headers)
        await refusal(scope, receive, send)
