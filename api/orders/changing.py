"""Changes as requests work with them: what carries them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from models.changes.request import ChangeProposal, ChangeReceipt, ChangeWithdrawal


class RunningChanges(Protocol):
    """The orders at work, as changes of them see them; `api.orders.temporal_changes.ChangeGateway` answers it.

    Each raises `Conflict` where the order refuses or has ended, `InvalidInput` where a field cannot be so, `NotFound`
    where no such order runs, and `Unavailable` where Temporal or the workers do not answer.
    """

    async def propose(self, message_id: str, order_id: str, proposal: ChangeProposal) -> ChangeReceipt:
        """Wish a change; answers once the order has taken the wish."""

    async def withdraw(self, message_id: str, order_id: str, withdrawal: ChangeWithdrawal) -> ChangeReceipt | None:
        """Take a change back; None where undoing takes longer than a caller waits."""
