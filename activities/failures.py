"""The second of the three maps of errors: our closed set to Temporal's failure, in one interceptor.

An adapter raises `models.errors.PartnerError`; here it becomes an `ApplicationError` whose type is the trouble's kind;
a workflow reads it back with `trouble_of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory, TimeoutType
from temporalio.exceptions import TimeoutError as TimedOut
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.base import cleaned
from models.errors import Conflict, OrderloomError, PartnerError, Trouble

_WORDS_MAX = 1000
_TIMED_OUT = {
    TimeoutType.SCHEDULE_TO_START: "nobody took it up: its worker is away, or its quota is used up",
    TimeoutType.START_TO_CLOSE: "it took too long",
    TimeoutType.HEARTBEAT: "the worker that was at it is gone",
}


@dataclass(frozen=True)
class Failure:
    """What a workflow needs to know of a step that did not succeed."""

    kind: Trouble
    message: str
    code: str = ""
    retry_after: timedelta | None = None


class FailureInterceptor(Interceptor):
    """Turns our errors into failures that say by their type what follows."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - SDK name
        """Wrap every activity."""
        return _ActivityFailures(next)


class _ActivityFailures(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401 - the SDK's signature
        try:
            return await super().execute_activity(input)
        except PartnerError as error:
            raise _partner_failure(error) from error
        except OrderloomError as error:
            code = error.code if isinstance(error, Conflict) else ""
            raise _failure(Trouble.ASK, str(error), code) from error


def _partner_failure(error: PartnerError) -> ApplicationError:
    return _failure(error.kind, str(error), error.code, error.retry_after_s)


def _failure(kind: Trouble, message: str, code: str, retry_after_s: float | None = None) -> ApplicationError:
    # Only what passes quickly is left to the server's retries; the order itself waits, visibly, for all else.
    refusal = kind is Trouble.REFUSE
    return ApplicationError(
        _words(message),
        {"code": cleaned(code), "retry_after_s": retry_after_s},
        type=kind.value,
        non_retryable=kind is not Trouble.RETRY,
        category=ApplicationErrorCategory.BENIGN if refusal else ApplicationErrorCategory.UNSPECIFIED,
    )


def trouble_of(error: ActivityError | ApplicationError) -> Failure:
    """Read a failed activity back; what our adapters did not foresee (a timeout, a bug) counts as transient.

    A local activity's failure comes without the wrapping that a remote one's has.
    """
    cause = error.cause if isinstance(error, ActivityError) else error
    if isinstance(cause, TimedOut) and cause.type in _TIMED_OUT:
        return Failure(Trouble.RETRY, _TIMED_OUT[cause.type])
    if not isinstance(cause, ApplicationError) or cause.type not in {kind.value for kind in Trouble}:
        return Failure(Trouble.RETRY, _words(str(cause or error)))
    detail = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else {}
    seconds = detail.get("retry_after_s")
    return Failure(
        kind=Trouble(cause.type),
        message=_words(cause.message),
        code=cleaned(str(detail.get("code") or "")),
        retry_after=timedelta(seconds=seconds) if isinstance(seconds, int | float) else None,
    )


def _words(message: str) -> str:
    """What a partner said, as people can read it: a mark that nobody sees in it is no reason to stop an order."""
    return cleaned(message, _WORDS_MAX) or "it does not say why"
