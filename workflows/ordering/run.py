"""What every step of an order works with."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio.exceptions import ActivityError, ApplicationError

from activities.failures import trouble_of
from models.errors import OrderloomError
from models.ids import effect_key
from models.ledger.terms import MoneyTerms
from models.order.assessment import Objection
from models.order.at_channel import AtChannel
from models.partners.events import (
    BackorderExpected,
    BackorderExpired,
    BackorderFilled,
    ParcelMoved,
    PaymentAuthorised,
    PaymentDisputed,
    PaymentFailed,
)
from models.states.hold import HoldKind
from workflows.asides import Asides
from workflows.asking import Asking, Manner
from workflows.desk import Desk
from workflows.fulfilling.alarm import Alarm
from workflows.ordering.disputing import Disputes
from workflows.ordering.promising import Promising
from workflows.ordering.undoing import Undoing
from workflows.our_books import OurBooks
from workflows.stocking.stock import Stocking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.order.assessment import Assessment
    from models.order.order import Order
    from models.order.standing import Standing
    from models.partners.events import PartnerEvent
    from workflows.changing.changing import Changing
    from workflows.fulfilling.consignment import Consignment

LedgerWord = BackorderFilled | BackorderExpected | BackorderExpired
Question = TypeVar("Question")
Reply = TypeVar("Reply")


@dataclass
class Run:
    """One order being carried out."""

    order: Order
    standing: Standing
    desk: Desk
    undoing: Undoing
    events: deque[PartnerEvent] = field(default_factory=deque)
    """Callbacks that have come and are not yet worked into the order's state."""
    news: dict[str, deque[LedgerWord]] = field(default_factory=dict)
    """What our stock ledger has said of reservations that wait for stock, by their keys."""
    stock: Stocking = field(init=False)
    changing: Changing = field(init=False)
    """What is wished of the order since it was accepted; its workflow sets it."""
    promises: Promising = field(init=False)
    alarm: Alarm = field(default_factory=Alarm)
    """The one timer of this order's deadlines."""
    early: list[ParcelMoved] = field(default_factory=list)
    """What a carrier said of a parcel before the warehouse told us of it."""
    consigned: dict[str, Consignment] = field(default_factory=dict)
    """What nodes were asked to send, by the key of the release."""
    avoided: dict[str, None] = field(default_factory=dict)
    """Nodes that would not or could not send some of it."""
    resourced: int = 0
    """How often something was sourced again because of them."""
    at_channel: AtChannel = field(init=False)
    """What the channel knows of it."""
    payments_heard: set[str] = field(default_factory=set)
    """Payments of which the provider has told something since we asked."""
    disputes: Disputes = field(init=False)
    closing: bool = False
    """Whether all of it is delivered, and only loose ends keep it from its end."""
    _assessment: Assessment | None = None
    _keys: dict[str, str] = field(default_factory=dict)
    asides: Asides = field(default_factory=Asides)

    def __post_init__(self) -> None:
        """Begin with nothing reserved."""
        self.stock = Stocking(self)
        self.at_channel = AtChannel.of(self.order)
        self.promises = Promising(self)
        self.disputes = Disputes(self)

    def hear(self, event: PartnerEvent) -> None:
        """Take an event: to whom it concerns, or to the order's own story."""
        if isinstance(event, ParcelMoved):
            self.promises.moved(event)
        if isinstance(event, BackorderFilled | BackorderExpected | BackorderExpired):
            self.news_of(event.reservation_key).append(event)
        elif isinstance(event, PaymentAuthorised | PaymentFailed):
            self.payments_heard.add(event.authorisation)
        elif isinstance(event, PaymentDisputed):
            self.disputes.hear(event)
        else:
            self.events.append(event)

    def news_of(self, reservation_key: str) -> deque[LedgerWord]:
        """What our stock ledger has said of a reservation and nobody has heeded yet."""
        return self.news.setdefault(reservation_key, deque())

    @property
    def assessment(self) -> Assessment:
        """The judgement; there once validation has begun."""
        if self._assessment is None:
            message = f"{self.order.id} has not been judged yet"
            raise OrderloomError(message)
        return self._assessment

    @property
    def is_judged(self) -> bool:
        """Whether policy has spoken."""
        return self._assessment is not None

    def judged(self, assessment: Assessment) -> None:
        """Take the judgement, which pins the policy."""
        self._assessment = assessment
        self.standing.policy_version = assessment.policy_version
        self.standing.promises.go_by(assessment.promises)
        self.standing.judged(assessment.money or MoneyTerms())

    def change_order(self, order: Order) -> None:
        """Go on with the order as a change has left it."""
        self.order = order
        self.standing.take_changed(order)
        self.promises.reckon("the order was changed")

    def key(self, step: str, part: str = "") -> str:
        """Name one outward effect of this order."""
        return effect_key(self.order.id, step, part)

    def asked_as(self, key: str) -> str:
        """Under which key an effect was asked for in the end: another one after a refusal."""
        return self._keys.get(key, key)

    async def ask(self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, manner: Manner) -> Reply:
        """Ask a partner (workflows/asking.py)."""
        asking = Asking(self.standing, self.desk, self.assessment.patience, self._keys, self.stock.hold_on)
        return await asking.ask(verb, question, manner)

    async def own(self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, summary: str) -> Reply:
        """Ask our own store (workflows/our_books.py): retried until it answers; what it refuses waits for a person.

        Raises:
            CancelOrder: the hold was rejected, or somebody wants the order cancelled.
        """
        books = OurBooks(self.standing, self.desk, self.desk.approved, lambda: self.desk.wish is not None)
        while True:
            try:
                return await books.ask(verb, question, summary)
            except (ActivityError, ApplicationError) as error:
                reason = f"our own books refused to {summary}: {trouble_of(error).message}"
                await self.desk.clear([Objection(kind=HoldKind.OTHER, reason=reason[:500])])

    async def show_in_passing(self) -> None:
        """Show a state that others will follow; not where the next event, waiting already, will be shown with it."""
        if not self.events:
            await self.desk.show(index=False)

    def aside(self, work: Awaitable[None]) -> None:
        """Let something go on beside the order's story; the order does not end before it has."""
        self.asides.begin(work)
