"""What policy says of a return: whether it may be, and on what terms. Pinned for its whole life."""

from __future__ import annotations

from enum import StrEnum

from models.base import Identifier, StrictModel, Text
from models.money import Money
from models.policy.decision import Decision
from models.policy.policy_set import CustomerNotices, PatiencePolicy
from models.policy.returns import ReturnRules
from models.returns.case import ReturnCase


class Authorisation(StrEnum):
    """Whether it may be."""

    AUTHORISE = "authorise"
    DECLINE = "decline"
    ASK = "ask"
    """A person decides."""


class ReturnAssessmentRequest(StrictModel):
    """Judge this return."""

    case: ReturnCase
    policy_version: Text | None = None
    """None: the version in force."""


class ReturnAssessment(StrictModel):
    """The judgement."""

    policy_version: Text
    rules: ReturnRules
    """As they were when it was judged: later judgements of this return go by them."""
    patience: PatiencePolicy
    notices: CustomerNotices
    outcome: Authorisation
    reason: Text
    worth: Money
    """What the customer paid for what he wants to return."""
    keeps: bool = False
    """The customer keeps the goods: none are waited for."""
    early: bool = False
    """What is wanted is given before the goods are back."""
    we_pay: bool = False
    """Whether the way back is on us."""
    label: bool = False
    """Whether we send a label."""
    label_fee: Money
    """What the customer pays for it."""
    node: Identifier | None = None
    """Where the goods come back to."""
    channel_connected: bool = False
    """Whether the order's channel is told itself what is given back."""
    decisions: tuple[Decision, ...] = ()
