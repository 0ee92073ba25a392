"""Changes of orders at work: wished and taken back here."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateStage
from temporalio.exceptions import ApplicationError

from api.temporal import RPC_WITHIN, capped, in_our_words
from models.changes.request import ChangeReceipt
from models.errors import FieldError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from temporalio.client import Client, WorkflowHandle

    from models.changes.request import ChangeProposal, ChangeWithdrawal

_WITHDRAW_WITHIN_S = 3.0


class ChangeGateway:
    """`api.orders.changing.RunningChanges` on Temporal."""

    def __init__(self, client: Client) -> None:
        """Speak to orders through this client."""
        self._client = client

    async def propose(self, message_id: str, order_id: str, proposal: ChangeProposal) -> ChangeReceipt:
        """Wish a change."""
        with in_our_words(order_id), _with_its_fields():
            answer: ChangeReceipt = await self._order(order_id).execute_update(
                "change", capped(proposal), id=message_id, result_type=ChangeReceipt, rpc_timeout=RPC_WITHIN
            )
            return answer

    async def withdraw(self, message_id: str, order_id: str, withdrawal: ChangeWithdrawal) -> ChangeReceipt | None:
        """Take a change back."""
        with in_our_words(order_id), _with_its_fields():
            update = await self._order(order_id).start_update(
                "withdraw_change",
                capped(withdrawal),
                wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                id=message_id,
                result_type=ChangeReceipt,
                rpc_timeout=RPC_WITHIN,
            )
            try:
                async with asyncio.timeout(_WITHDRAW_WITHIN_S):
                    answer: ChangeReceipt = await update.result()
                    return answer
            except TimeoutError:
                return None

    def _order(self, order_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(order_id)


@contextmanager
def _with_its_fields() -> Iterator[None]:
    """Say which fields an order refused, as it said them itself."""
    try:
        yield
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type == "invalid" and cause.details:
            raise InvalidInput(_fields(cause)) from error
        raise


def _fields(cause: ApplicationError) -> list[FieldError]:
    try:
        fields = [FieldError.model_validate(detail) for detail in cause.details]
    except ValidationError:
        return [FieldError(pointer="", code="refused", message=cause.message)]
    return [field.model_copy(update={"pointer": field.pointer.removeprefix("/request")}) for field in fields]
