"""The states of a change and of each party's answer, and the rules by which changes are taken."""

from __future__ import annotations

import pytest

from models.changes.progress import Party
from models.changes.request import ChangeKind
from models.policy.changes import ChangeRule, ChangeRules, ChangeStage
from models.states.changing import ANSWER, CHANGE, AnswerState, ChangeState
from models.states.machine import IllegalTransition


@pytest.mark.parametrize("end", [state for state in ChangeState if state is not ChangeState.PROPOSED])
def test_a_change_ends_once(end: ChangeState) -> None:
    assert CHANGE.move(ChangeState.PROPOSED, end) is end
    assert CHANGE.is_final(end)
    with pytest.raises(IllegalTransition):
        CHANGE.move(end, ChangeState.PROPOSED)


@pytest.mark.parametrize("said", [AnswerState.ASKED, AnswerState.CONFIRMED, AnswerState.DECLINED, AnswerState.SILENT])
def test_whatever_a_party_said_can_be_undone(said: AnswerState) -> None:
    assert ANSWER.move(said, AnswerState.UNDONE) is AnswerState.UNDONE


def test_a_party_that_was_silent_cannot_confirm_afterwards() -> None:
    with pytest.raises(IllegalTransition):
        ANSWER.move(AnswerState.SILENT, AnswerState.CONFIRMED)


def test_the_first_rule_that_fits_counts() -> None:
    rules = ChangeRules(
        rules=(
            ChangeRule(kinds=(ChangeKind.QUANTITY,), channels=("amazon",), until=ChangeStage.NEVER),
            ChangeRule(channels=("amazon",), until=ChangeStage.BEFORE_RELEASE),
        )
    )
    assert rules.until(ChangeKind.QUANTITY, "amazon") is ChangeStage.NEVER
    assert rules.until(ChangeKind.CANCEL_LINE, "amazon") is ChangeStage.BEFORE_RELEASE
    assert rules.until(ChangeKind.QUANTITY, "shopify") is ChangeStage.BEFORE_SHIPMENT


def test_each_party_has_its_own_time() -> None:
    rules = ChangeRules(answer_minutes=60, party_minutes={Party.WMS: 15})
    assert (rules.minutes(Party.WMS), rules.minutes(Party.ERP)) == (15, 60)
