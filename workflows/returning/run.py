"""What every step of a return works with."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.failures import trouble_of
from activities.returns import ReturnActivities
from models.errors import OrderloomError
from models.ids import effect_key
from models.messages import Verdict
from models.returns.money import ClaimChange, LineClaim
from models.states.hold import HoldKind, HoldState
from workflows.asides import Asides
from workflows.asking import Asking, Manner
from workflows.our_books import OurBooks
from workflows.returning.shelving import Shelving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.money import Money
    from models.partners.events import ParcelMoved
    from models.returns.assessment import ReturnAssessment
    from models.returns.case import ReturnCase
    from models.returns.handling import Oddity
    from models.returns.standing import ReturnStanding
    from models.states.hold import Hold
    from workflows.returning.desk import ReturnDesk

Question = TypeVar("Question")
Reply = TypeVar("Reply")


@dataclass(frozen=True)
class Came:
    """Goods have been received."""

    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True)
class Judged:
    """Goods have been inspected."""

    accepted: int
    rejected: int


@dataclass(frozen=True)
class Nudge:
    """A person's answer has changed what there is to do."""


News = Came | Judged | Nudge


@dataclass
class ReturnRun:
    """One return being carried out."""

    standing: ReturnStanding
    desk: ReturnDesk
    news: deque[News] = field(default_factory=deque)
    """What has been taken into the quantities and not yet been followed up."""
    parcels: deque[ParcelMoved] = field(default_factory=deque)
    receipts: set[str] = field(default_factory=set)
    inspections: set[str] = field(default_factory=set)
    amounts: dict[str, Money] = field(default_factory=dict)
    """What a person said is given, by hold."""
    limits: dict[str, Money | None] = field(default_factory=dict)
    """The holds about money, and the most that may be given; none: a person has to say how much."""
    questions: int = 0
    """How many goods nobody had announced wait for a person."""
    shelving: Shelving = field(init=False)
    _assessment: ReturnAssessment | None = None
    _keys: dict[str, str] = field(default_factory=dict)
    asides: Asides = field(default_factory=Asides)
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Begin with nothing on the shelf."""
        self.shelving = Shelving(self)

    @property
    def case(self) -> ReturnCase:
        """The return as it was opened."""
        return self.standing.case

    @property
    def assessment(self) -> ReturnAssessment:
        """The judgement; there once the return has been judged."""
        if self._assessment is None:
            message = f"{self.case.id} has not been judged yet"
            raise OrderloomError(message)
        return self._assessment

    @property
    def is_judged(self) -> bool:
        """Whether policy has spoken."""
        return self._assessment is not None

    def judged(self, assessment: ReturnAssessment) -> None:
        """Take the judgement, which pins the rules."""
        self._assessment = assessment
        self.standing.policy_version = assessment.policy_version
        self.standing.worth = assessment.worth

    def key(self, step: str, part: str = "") -> str:
        """Name one outward effect of this return."""
        return effect_key(self.case.id, step, part)

    async def ask(self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, manner: Manner) -> Reply:
        """Ask a partner (workflows/asking.py).

        Raises:
            NotDone: a person gave it up.
        """
        asking = Asking(self.standing, self.desk, self.assessment.patience, self._keys, _no_thought)
        return await asking.ask(verb, question, manner)

    async def own(self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, summary: str) -> Reply:
        """Ask our own store (workflows/our_books.py); what it refuses is shown, and asked again after any answer."""
        books = OurBooks(self.standing, self.desk, self.verdict)
        while True:
            try:
                return await books.ask(verb, question, summary)
            except (ActivityError, ApplicationError) as error:
                reason = f"our own books refused to {summary}: {trouble_of(error).message}; any answer tries again"
                hold = self.standing.open_hold(HoldKind.OTHER, reason)
                await self.verdict(hold)

    async def verdict(self, hold: Hold) -> Verdict:
        """Show a hold and wait for its answer; a wish to withdraw does not answer it."""
        await self.desk.show()
        await workflow.wait_condition(lambda: self.standing.holds[hold.id].state is not HoldState.OPEN)
        return Verdict.REJECT if self.standing.holds[hold.id].state is HoldState.REJECTED else Verdict.APPROVE

    async def claim_more(self, line_id: str, quantity: int) -> bool:
        """Have the book give us a claim to more of a line than was announced; False where the order has no more."""
        async with self._claiming:
            mine = self.standing.goods.claims().get(line_id, 0)
            change = self._change({line_id: mine + quantity})
            return (await self.own(ReturnActivities.change_claim, change, "claim what came beside")).granted

    async def let_go(self, claims: dict[str, int]) -> None:
        """Give back the claim to what will not come, so that another return may have it."""
        if self.case.known:
            async with self._claiming:
                await self.own(ReturnActivities.change_claim, self._change(claims), "let go of what will not come")

    def _change(self, claims: dict[str, int]) -> ClaimChange:
        lines = tuple(LineClaim(line_id=line_id, quantity=quantity) for line_id, quantity in claims.items())
        return ClaimChange(return_id=self.case.id, order_id=self.case.sold.order_id, lines=lines)

    def aside(self, work: Awaitable[None]) -> None:
        """Let something go on beside the story; the return does not end before it has."""
        self.asides.begin(work)


async def _no_thought() -> None:
    """Nothing is reserved for a return that a person's thinking could cost it."""
