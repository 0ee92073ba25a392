"""A stage for workflows without a server: the story's own coroutines, on a loop whose time is ours.

This file alone leans on internals of the SDK. `temporalio.workflow` asks an object that is set on the running loop
(`_Runtime`) for the time, for timers, activities, patches and all else; here that object is ours, and it knows by a
context variable which of several workflows asks. Handlers of signals and updates are found through the definitions
that the SDK's decorators leave on a class. `tests/promises/lives/test_the_stage.py` fails, and says why, where a new
SDK asks for something else.
"""

from __future__ import annotations

import asyncio
import random
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from ops.proof.lives.staging.performing import Performing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import timedelta

    from pydantic import BaseModel
    from temporalio.common import RetryPolicy

    from ops.proof.lives.staging.clock import VirtualLoop

RUNTIME = workflow._Runtime  # noqa: SLF001 - see above
DEFINITION = workflow._Definition  # noqa: SLF001 - see above
_NANOSECONDS = 1_000_000_000


class Gone(Exception):
    """There is no such workflow, or it has ended: what the server answers to a late message."""


@dataclass
class Played:
    """One workflow on the stage; its story asks for it as `workflow.info()` too."""

    workflow_id: str
    chance: random.Random
    definition: Any
    instance: Any = None
    task: asyncio.Task[Any] | None = None
    handling: int = 0
    cancelled_for: str | None = None
    waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = field(default_factory=list)

    def get_current_history_length(self) -> int:
        """None: what happens on the stage is kept by nobody."""
        return 0

    def get_current_history_size(self) -> int:
        """The same."""
        return 0

    @property
    def ended(self) -> bool:
        """Whether its story is over."""
        return self.task is not None and self.task.done()


_playing: ContextVar[Played] = ContextVar("playing")


class _Asked(RUNTIME):
    """What a story asks of Temporal, answered by the stage."""

    def __init__(self, loop: VirtualLoop, performing: Performing) -> None:
        super().__init__()
        self._loop = loop
        self._performing = performing

    def workflow_info(self) -> Any:  # noqa: ANN401 - a story asks only for the id
        return _playing.get()

    def workflow_time_ns(self) -> int:
        return int(self._loop.now.timestamp() * 1_000_000) * 1000

    def workflow_random(self) -> random.Random:
        return _playing.get().chance

    def workflow_patch(self, id: str, *, deprecated: bool, event_groups: object = None) -> bool:  # noqa: A002, ARG002 - SDK
        return True

    def workflow_all_handlers_finished(self) -> bool:
        return not _playing.get().handling

    def workflow_cancellation_reason(self) -> str | None:
        return _playing.get().cancelled_for

    def workflow_is_replaying(self) -> bool:
        return False

    def workflow_upsert_search_attributes(self, attributes: object, *, event_groups: object = None) -> None:
        """Nobody lists orders here."""

    def workflow_set_current_details(self, details: str) -> None:
        """Nobody looks here."""

    async def workflow_sleep(self, duration: float, *, summary: str | None = None, event_groups: object = None) -> None:  # noqa: ARG002 - SDK
        await asyncio.sleep(duration)

    async def workflow_wait_condition(
        self,
        fn: Callable[[], bool],
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
        timeout_summary: str | None = None,  # noqa: ARG002 - the SDK's signature
        event_groups: object = None,  # noqa: ARG002 - the SDK's signature
    ) -> None:
        future: asyncio.Future[None] = self._loop.create_future()
        _playing.get().waiting.append((fn, future))
        await asyncio.wait_for(future, timeout)

    def workflow_start_activity(  # type: ignore[override]  # the options that a stage has no use for are one
        self,
        activity: Callable[..., Any],
        *args: object,
        start_to_close_timeout: timedelta | None,
        retry_policy: RetryPolicy | None,
        **_more: object,
    ) -> asyncio.Task[Any]:
        attempts = self._performing.remote(activity, args, retry_policy, start_to_close_timeout)
        return self._loop.create_task(attempts)

    def workflow_start_local_activity(  # type: ignore[override]  # the same
        self, activity: Callable[..., Any], *args: object, retry_policy: RetryPolicy | None, **_more: object
    ) -> asyncio.Task[Any]:
        return self._loop.create_task(self._performing.local(activity, args, retry_policy))


def _unknown(name: str) -> Callable[..., Any]:
    def refuse(*_args: object, **_more: object) -> None:
        raise NotImplementedError(f"the stage does not know {name}: ops/proof/lives/staging/stage.py")

    return refuse


_runtime = cast(
    "type[_Asked]", type("_Runtime", (_Asked,), {name: _unknown(name) for name in _Asked.__abstractmethods__})
)


class Stage:
    """Some workflows that run side by side."""

    def __init__(self, loop: VirtualLoop, verbs: Iterable[object], seed: int) -> None:
        """Have the activities of these classes of verbs performed."""
        self._loop = loop
        self._seed = seed
        self.played: dict[str, Played] = {}
        RUNTIME.set_on_loop(loop, _runtime(loop, Performing(loop, verbs)))
        loop.settled.append(self._look_at_conditions)

    def start(self, kind: type, start: BaseModel, workflow_id: str) -> None:
        """Begin a workflow; a second start under the same id is none."""
        if workflow_id in self.played:
            return
        chance = random.Random(f"{self._seed}/{workflow_id}")  # noqa: S311 - a life is made up
        played = Played(workflow_id, chance, DEFINITION.must_from_class(kind))
        self.played[workflow_id] = played

        async def begin() -> None:
            played.instance = kind(start)
            played.task = asyncio.current_task()
            await played.definition.run_fn(played.instance, start)

        played.task = self._as(played, begin())

    def signal(self, workflow_id: str, name: str, payload: BaseModel | dict[str, Any] | bytes) -> None:
        """Send a signal.

        Raises:
            Gone: nobody is there to hear it.
        """
        played = self._there(workflow_id)
        data = payload if isinstance(payload, bytes) else _json(payload)
        raw = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=data))
        known = played.definition.signals.get(name)
        if known is not None:
            handling = known.fn(played.instance, raw)
        else:
            handling = played.definition.signals[None].fn(played.instance, name, [raw])
        _ = self._handle(played, handling)

    def update(self, workflow_id: str, name: str, *args: BaseModel) -> asyncio.Task[Any]:
        """Send an update; what its validator or its handler raises, the caller gets.

        Raises:
            Gone: nobody is there to take it.
        """
        played = self._there(workflow_id)
        known = played.definition.updates[name]
        if known.validator is not None:
            # A validator may ask for the time like any other code of the story.
            context = copy_context()
            context.run(_playing.set, played)
            context.run(known.validator, played.instance, *args)
        return self._handle(played, known.fn(played.instance, *args))

    def cancel(self, workflow_id: str, reason: str) -> None:
        """Request cancellation, as a person does in the Web UI.

        Raises:
            Gone: it has ended.
        """
        played = self._there(workflow_id)
        played.cancelled_for = reason
        if played.task is not None:
            played.task.cancel()

    def _there(self, workflow_id: str) -> Played:
        played = self.played.get(workflow_id)
        if played is None or played.ended or played.instance is None:
            raise Gone(workflow_id)
        return played

    def _handle(self, played: Played, handling: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        played.handling += 1

        async def handle() -> object:
            try:
                return await handling
            finally:
                played.handling -= 1

        return self._as(played, handle())

    def _as(self, played: Played, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        context = copy_context()
        context.run(_playing.set, played)
        return self._loop.create_task(work, context=context)

    def _look_at_conditions(self) -> None:
        for played in self.played.values():
            if played.waiting:
                token = _playing.set(played)
                played.waiting[:] = [one for one in played.waiting if not _met(*one)]
                _playing.reset(token)


def _met(condition: Callable[[], bool], future: asyncio.Future[None]) -> bool:
    if not future.done() and condition():
        future.set_result(None)
    return future.done()


def _json(payload: BaseModel | dict[str, Any]) -> bytes:
    import json

    return json.dumps(payload).encode() if isinstance(payload, dict) else payload.model_dump_json().encode()
