"""The judgement made of an order as it comes in: which policy, which route, what speaks against it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import Sku, StrictModel, Text
from models.ledger.terms import MoneyTerms
from models.order.order import Order
from models.policy.changes import ChangeRules
from models.policy.decision import Decision
from models.policy.fulfilment import FulfilmentPolicy
from models.policy.policy_set import CustomerNotices, PatiencePolicy
from models.policy.promises.rules import PromiseRules
from models.states.hold import HoldKind
from models.stock.demand import Demand, Need


class AssessmentRequest(StrictModel):
    """Judge this order; under this policy, if it is pinned already."""

    order: Order
    policy_version: Text | None = None


class Objection(StrictModel):
    """A reason to hold the order."""

    kind: HoldKind
    reason: Text


class Route(StrictModel):
    """Which of the conditional steps this order takes (R42)."""

    check_credit: bool
    authorise: bool
    reserve: bool
    """Whether stock is reserved and a warehouse sends it; false for services and what the channel ships."""
    expedite: bool
    end_at_once: Text | None = None
    """Why nothing is to be done at all: cancelled in the channel, delivered before, a test order."""
    ends_well: bool = False
    """Whether such an order counts as completed: the channel has delivered all of it already."""


class Assessment(StrictModel):
    """The judgement, the records of the decisions behind it, and the pinned rules that its later steps go by."""

    policy_version: Text
    route: Route
    objections: tuple[Objection, ...] = ()
    needs: tuple[Need, ...] = ()
    """What to reserve: bundles are taken apart."""
    demand: Demand | None = None
    """Who wants it and how, for sourcing; none where nothing is reserved."""
    goes_together: bool = False
    """Whether no part of it may go before all of it can; not heeded where an order was judged before it was said."""
    held_soft_hours: Annotated[int, Field(ge=1)] = 24 * 7
    """How long stock is held while somebody has to decide about the order."""
    unknown_skus: tuple[Sku, ...] = ()
    """What master data does not know; asking the ERP once more may help."""
    weight_grams: int = 0
    decisions: tuple[Decision, ...] = ()
    fulfilment: FulfilmentPolicy
    patience: PatiencePolicy
    notices: CustomerNotices
    money: MoneyTerms | None = None
    """None for an order judged before there were such rules: its money goes as it went then."""
    changes: ChangeRules = ChangeRules()
    promises: PromiseRules | None = None
    """None for an order judged before there were such rules: nothing is promised of it."""
    channel_connected: bool = False
    """Whether its channel is told itself what becomes of it; if not, the notification service tells the channel."""
