"""Where an order stands: all dimensions together, its holds and its story. Pure: the caller brings the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.account import Account
from models.order.casebook import PLATFORM, Casebook
from models.order.goods import Goods
from models.order.headline import headline
from models.order.snapshot import Headline, OrderSnapshot
from models.promises.book import PromiseBook
from models.states.fulfilment import FULFILMENT, FulfilmentState
from models.states.lifecycle import LIFECYCLE, Lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.changes.progress import ChangeProgress
    from models.ledger.postings import Posting
    from models.ledger.terms import MoneyTerms
    from models.order.order import Order

__all__ = ["PLATFORM", "Standing"]


class Standing(Casebook):
    """The whole state of one order."""

    def __init__(self, order: Order, now: Callable[[], datetime]) -> None:
        """Begin with an order just received; `now` is asked whenever something happens."""
        super().__init__(now)
        self.order = order
        self.lifecycle = Lifecycle.RECEIVED
        self.fulfilment = FulfilmentState.OPEN
        self.goods = Goods(order)
        self.promises = PromiseBook(self.goods)
        self.account = Account(order, now)
        self.policy_version: str | None = None
        self.awaiting: str | None = None
        """The partner whose callback is awaited; a hold's own partner or owner goes before it."""
        self.expectations: dict[str, datetime | None] = {}
        """When what it waits for is expected, by reservation key."""
        self.references: dict[str, str] = {}
        self.changes: dict[str, ChangeProgress] = {}
        """What was wished of it after it was accepted, by id."""
        self._changed: Order | None = None
        self._version = 0

    def move(self, after: Lifecycle, text: str, *, actor: str = PLATFORM) -> None:
        """Move the order's own life on."""
        self.lifecycle = LIFECYCLE.move(self.lifecycle, after)
        self.tell(text, actor=actor)

    def judged(self, money: MoneyTerms) -> None:
        """Take the rules its money goes by."""
        self.account.judged(money)
        self.goods.freight = self.account.terms.freight

    def take_changed(self, order: Order) -> None:
        """Go on with the order as a change has left it; the next snapshot carries it."""
        self.order = self.goods.order = self._changed = order
        self.account.changed(order)

    def fulfil(self, after: FulfilmentState) -> None:
        """Move the fulfilment on."""
        self.fulfilment = FULFILMENT.move(self.fulfilment, after)

    @property
    def headline(self) -> Headline:
        """The one word for it."""
        return headline(self.lifecycle, self.goods, held=bool(self.open_holds))

    @property
    def expected_at(self) -> datetime | None:
        """When the last of what it waits for is expected; none where it waits for nothing, or nobody knows."""
        dates = list(self.expectations.values())
        known = [date for date in dates if date is not None]
        return max(known) if known and len(known) == len(dates) else None

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return LIFECYCLE.is_final(self.lifecycle)

    @property
    def waiting_on(self) -> str | None:
        """The partner or the team that has to act."""
        for hold in self.open_holds:
            return hold.waiting_on or hold.owner
        return None if self.ended else self.awaiting

    def snapshot(self) -> OrderSnapshot:
        """Take the state down, with what is new in the story since the last time."""
        self._version += 1
        snapshot = OrderSnapshot(
            order_id=self.order.id,
            version=self._version,
            at=self._now(),
            lifecycle=self.lifecycle,
            headline=self.headline,
            fulfilment=self.fulfilment,
            expected_at=self.expected_at,
            policy_version=self.policy_version,
            waiting_on=self.waiting_on,
            money=self.account.progress(),
            lines=self.goods.progress(),
            shipments=self.goods.shipments(),
            holds=tuple(self.holds.values()),
            references=dict(self.references),
            promise=self.promises.promise,
            changes=tuple(self.changes.values()),
            changed=self._changed,
            entries=tuple(self._entries),
            decisions_from=self._decided,
            decisions=tuple(self._decisions),
            postings=self._postings(),
        )
        self._written()
        self._changed = None
        return snapshot

    def _postings(self) -> tuple[Posting, ...]:
        new = self.account.journal.take_new()
        # An order that began under code without a journal has written only a part of it: the end says all of it.
        return self.account.journal.all if self.ended else new
