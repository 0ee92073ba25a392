"""Planted defects: for each law one mistake in our own code, by which the law must break within some hundred lives.

Each changes one function while it is planted, as somebody might get it wrong.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from activities.payments import PaymentActivities
from activities.stock import StockActivities
from models.base import StrictModel
from models.money import Money
from models.order.account import Account
from models.order.goods import Goods
from models.order.standing import Standing
from models.partners.asking import Ask
from models.partners.notices import Notice
from models.partners.payments import Capture
from models.policy.stock.sourcing import shelves
from models.stock import life
from models.stock.quantities import Balance
from ops.proof.lives.life import live
from workflows import order as story
from workflows.asking import Asking, Manner
from workflows.ordering import settling
from workflows.ordering.run import Run
from workflows.ordering.undoing import Undoing
from workflows.queues import Partner
from workflows.returning import crediting
from workflows.stocking.stock import Stocking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

MOST_LIVES = 600
"""Within so many lives each is caught."""


@dataclass(frozen=True)
class Defect:
    """One mistake."""

    name: str
    law: str
    """By which it must be caught."""
    owner: object
    """The class or module whose function it changes."""
    function: str
    change: Callable[[Any], Any]
    """Makes the wrong function of the right one."""
    from_seed: int = 1
    """Where the search begins: a life in which it can show may be rare."""

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Have it while inside."""
        before = vars(self.owner)[self.function]
        setattr(self.owner, self.function, self.change(before))
        try:
            yield
        finally:
            setattr(self.owner, self.function, before)


class Caught(StrictModel):
    """How a planted defect was caught."""

    defect: str
    law: str
    seed: int | None
    """The life in which its law broke; none: it was not caught."""
    lives: int
    said: str = ""


def catch(defect: Defect, *, most: int = MOST_LIVES) -> Caught:
    """Live with a defect until its law breaks."""
    first_seed = defect.from_seed
    with defect.planted():
        for seed in range(first_seed, first_seed + most):
            said = next((how for how in live(seed).broken if how.startswith(f"{defect.law}:")), None)
            if said is not None:
                return Caught(defect=defect.name, law=defect.law, seed=seed, lives=seed - first_seed + 1, said=said)
    return Caught(defect=defect.name, law=defect.law, seed=None, lives=most)


# --- money ------------------------------------------------------------------------------------------------------------


def _captured_twice(capture: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(capture)
    async def wrong(run: Run, part: str, draw: Any, *, final: bool) -> None:  # noqa: ANN401 - what is taken of what
        await run.ask(
            PaymentActivities.capture,
            Capture(
                key=run.key("capture", f"{part}-again"),
                order_id=run.order.id,
                authorisation=draw[0].reference,
                amount=draw[1],
            ),
            Manner(Partner.PAYMENT, "capture once more"),
        )
        await capture(run, part, draw, final=final)

    return wrong


def _twice(send: Callable[..., Awaitable[bool]]) -> Callable[..., Awaitable[bool]]:
    @functools.wraps(send)
    async def wrong(run: Any, gift: Any) -> bool:  # noqa: ANN401 - a return's run and gift
        await send(run, replace(gift, key=f"{gift.key}/again"))
        return await send(run, gift)

    return wrong


def _one_dropped(postings: Callable[[Standing], tuple[Any, ...]]) -> Callable[[Standing], tuple[Any, ...]]:
    @functools.wraps(postings)
    def wrong(standing: Standing) -> tuple[Any, ...]:
        return postings(standing)[:-1]

    return wrong


def _paid_first(commit: Callable[[Run], Awaitable[None]]) -> Callable[[Run], Awaitable[None]]:
    @functools.wraps(commit)
    async def wrong(run: Run) -> None:
        reference = run.standing.references.get("authorisation")
        if reference is not None:
            early = Capture(
                key=run.key("capture", "early"),
                order_id=run.order.id,
                authorisation=reference,
                amount=Money(amount=1, currency=run.order.currency),
            )
            await run.ask(PaymentActivities.capture, early, Manner(Partner.PAYMENT, "capture at once"))
        await commit(run)

    return wrong


def _not_noted(note: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(note)
    def wrong(undoing: Undoing, name: str, run: Any) -> None:  # noqa: ANN401 - how it is taken back
        if "authorisation" not in name:
            note(undoing, name, run)

    return wrong


def _in_francs(capture: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(capture)
    async def wrong(payments: PaymentActivities, asked: Capture) -> Any:  # noqa: ANN401 - the provider's answer
        francs = asked.model_copy(update={"amount": Money(amount=asked.amount.amount, currency="CHF")})
        return await capture(payments, francs)

    return wrong


def _forgotten(take: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(take)
    def wrong(_account: Account, *_draw: object, **_more: object) -> None:
        """Forget that money was taken."""

    return wrong


# --- stock ------------------------------------------------------------------------------------------------------------


def _consumed_elsewhere(consume: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(consume)
    async def wrong(stock: StockActivities, consumption: Any) -> Any:  # noqa: ANN401 - the ledger's question
        first, *others = consumption.items
        less = first.model_copy(update={"quantity": max(first.quantity - 1, 1)})
        return await consume(stock, consumption.model_copy(update={"items": (less, *others)}))

    return wrong


def _kept(_release: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def wrong(_stocking: Stocking, _key: str, _reason: str) -> None:
        """Give nothing back."""

    return wrong


# --- once only --------------------------------------------------------------------------------------------------------


def _another_key(attempt: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    numbers = count(1)

    @functools.wraps(attempt)
    async def wrong(asking: Asking, verb: Any, question: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as it is
        if isinstance(question, Ask):
            question = question.model_copy(update={"key": f"{question.key}+{next(numbers)}"})
        return await attempt(asking, verb, question, *rest, **more)

    return wrong


def _another_body(attempt: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    numbers = count(1)

    @functools.wraps(attempt)
    async def wrong(asking: Asking, verb: Any, question: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as it is
        if isinstance(question, Notice):
            question = question.model_copy(update={"reason": f"attempt {next(numbers)}"})
        return await attempt(asking, verb, question, *rest, **more)

    return wrong


def _heard_twice(hear: Callable[[Run, Any], None]) -> Callable[[Run, Any], None]:
    @functools.wraps(hear)
    def wrong(run: Run, event: Any) -> None:  # noqa: ANN401 - a partner's event
        hear(run, event)
        hear(run, event)

    return wrong


def _home_of(owner: type, function: str) -> type:
    """The class that a method is inherited from."""
    return next(found for found in owner.__mro__ if function in vars(found))


DEFECTS = (
    Defect("each capture is made twice", "I1", settling, "_capture_one", _captured_twice),
    Defect("a refund is sent twice", "I2", crediting, "_card", _twice),
    Defect("a posting is dropped", "I3", Standing, "_postings", _one_dropped),
    Defect("money is taken before anything is released", "I4", story, "commit", _paid_first),
    Defect("a cancelled order's authorisation stays", "I5", Undoing, "note", _not_noted),
    Defect("a capture in another currency", "I6", PaymentActivities, "capture", _in_francs),
    Defect("a capture is not written down", "I7", _home_of(Account, "take"), "take", _forgotten),
    Defect(
        "what is promised already is promised again",
        "I8",
        Balance,
        "available",
        lambda _: property(lambda balance: balance.on_hand),
    ),
    Defect("a balance is not moved with its reservation", "I9", life, "_unless_none", lambda _: lambda *_place: []),
    Defect(
        "one less is taken off the shelf than left", "I9, the floor", StockActivities, "consume", _consumed_elsewhere
    ),
    Defect("what is reserved is not given back", "I10", Stocking, "_release", _kept),
    Defect("a lot that expires too soon is promised", "I11", shelves, "sellable", lambda _: lambda *_shelf: True),
    Defect("the key changes with each attempt", "I12", Asking, "_attempt", _another_key, 160),
    Defect("a callback is applied twice", "I13", Run, "hear", _heard_twice),
    Defect("a notice says something else when it is sent again", "I14", Asking, "_attempt", _another_body),
    Defect("no parcel ever arrives", "I15", Goods, "all_arrived", lambda _: property(lambda _goods: False)),
)
"""One for each law."""
