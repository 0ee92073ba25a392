"""How a change is sent to an order: read strictly, and refused in words that name the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from temporalio.exceptions import ApplicationError

from models.changes.request import ChangeProposal, ChangeWithdrawal
from models.errors import Conflict, InvalidInput
from workflows.messages import conflict, from_call, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.changes.request import ChangeReceipt
    from workflows.changing.changing import Changing

Told = TypeVar("Told", ChangeProposal, ChangeWithdrawal)


def check_proposal(changing: Changing, sent: Sequence[object]) -> None:
    """Refuse an update that proposes what cannot be.

    Raises:
        ApplicationError: of type ``invalid``, with each field's error; or ``conflict``.
    """
    _refusing(lambda: changing.check(from_call(ChangeProposal, sent)))


def check_withdrawal(changing: Changing, sent: Sequence[object]) -> None:
    """Refuse an update that withdraws what is not under way.

    Raises:
        ApplicationError: as `check_proposal`.
    """
    _refusing(lambda: changing.check_withdrawal(from_call(ChangeWithdrawal, sent)))


async def propose(changing: Changing, sent: Sequence[object]) -> ChangeReceipt:
    """Take a proposal; an update's has been checked, a signal's is checked here.

    Raises:
        ApplicationError: as `check_proposal`.
    """
    check_proposal(changing, sent)
    return await changing.propose(from_call(ChangeProposal, sent))


async def withdraw(changing: Changing, sent: Sequence[object]) -> ChangeReceipt:
    """Take a withdrawal.

    Raises:
        ApplicationError: as `check_proposal`.
    """
    check_withdrawal(changing, sent)
    return await changing.withdraw(from_call(ChangeWithdrawal, sent))


def _refusing(checking: Callable[[], None]) -> None:
    try:
        checking()
    except InvalidInput as error:
        fields = [field.model_dump() for field in error.errors]
        raise ApplicationError(sentence(error), *fields, type="invalid", non_retryable=True) from error
    except Conflict as error:
        raise conflict(str(error)) from error
