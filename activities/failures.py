"""The second of the three maps of errors: our closed set to Temporal's failure, in one interceptor.

An adapter raises `models.errors.PartnerError`; here it becomes an `ApplicationError` whose type is the trouble's kind;
a workflow reads it back with `trouble_of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.errors import Conflict, OrderloomError, PartnerError, Trouble


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
        message,
        {"code": code, "retry_after_s": retry_after_s},
        type=kind.value,
        non_retryable=kind is not Trouble.RETRY,
        category=ApplicationErrorCategory.BENIGN if refusal else ApplicationErrorCategory.UNSPECIFIED,
    )


def trouble_of(error: ActivityError | ApplicationError) -> Failure:
    """Read a failed activity back; what our adapters did not foresee (a timeout, a bug) counts as transient.

    A local activity's failure comes without the wrapping that a remote one's has.
    """
    cause = error.cause if isinstance(error, ActivityError) else error
    if not isinstance(cause, ApplicationError) or cause.type not in {kind.value for kind in Trouble}:
        return Failure(Trouble.RETRY, str(cause or error))
    detail = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else {}
    seconds = detail.get("retry_after_s")
    return Failure(
        kind=Trouble(cause.type),
        message=cause.message,
        code=str(detail.get("code") or ""),
        retry_after=timedelta(seconds=seconds) if isinstance(seconds, int | float) else None,
    )
