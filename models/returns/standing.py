"""Where a return stands: its state, goods, money, holds and story. Pure: the caller brings the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.ledger.journal import HOUSE, Journal
from models.money import Money
from models.order.casebook import PLATFORM, Casebook
from models.returns.goods import ReturnGoods
from models.returns.money import MoneyState, RefundGrant, Ways
from models.returns.snapshot import MoneyGiven, ReturnLineProgress, ReturnSnapshot, Unannounced
from models.states.returning import RETURN, ReturnState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.ledger.postings import Posting
    from models.returns.case import ReturnCase


@dataclass
class Gift:
    """Money, or credit, for some of the goods."""

    key: str
    grant: RefundGrant
    ways: Ways
    """What is given in the end; less than the grant where a person gave less."""
    state: MoneyState = MoneyState.SENDING
    references: dict[str, str] = field(default_factory=dict)


class ReturnStanding(Casebook):
    """The whole state of one return."""

    def __init__(self, case: ReturnCase, now: Callable[[], datetime]) -> None:
        """Begin with a return just opened; `now` is asked whenever something happens."""
        super().__init__(now)
        self.case = case
        self.state = ReturnState.REQUESTED
        self.goods = ReturnGoods(case)
        self.policy_version: str | None = None
        self.awaiting: str | None = None
        """Who is waited for where no hold says it: the customer, the warehouse."""
        self.return_by: datetime | None = None
        self.tracking_number: str | None = None
        self.worth: Money | None = None
        self.gifts: dict[str, Gift] = {}
        self.replacements: list[str] = []
        self.admitted: dict[str, bool] = {}
        """What a person said of goods nobody had announced, by the oddity's id."""
        self.references: dict[str, str] = {}
        self.journal = Journal(case.sold.currency, now, case.sold.entity or HOUSE)
        self._version = 0

    def move(self, after: ReturnState, text: str, *, actor: str = PLATFORM) -> None:
        """Move the return on."""
        self.state = RETURN.move(self.state, after)
        self.tell(text, actor=actor)

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return RETURN.is_final(self.state)

    @property
    def waiting_on(self) -> str | None:
        """The partner or the team that has to act."""
        for hold in self.open_holds:
            return hold.waiting_on or hold.owner
        return None if self.ended else self.awaiting

    @property
    def given(self) -> Money:
        """What was given so far."""
        done = (gift.ways.total for gift in self.gifts.values() if gift.state is MoneyState.GIVEN)
        return Money.sum_of(done, self.case.sold.currency)

    def snapshot(self) -> ReturnSnapshot:
        """Take the state down, with what is new in the story since the last time."""
        self._version += 1
        snapshot = ReturnSnapshot(
            return_id=self.case.id,
            order_id=self.case.sold.order_id,
            version=self._version,
            at=self._now(),
            state=self.state,
            policy_version=self.policy_version,
            waiting_on=self.waiting_on,
            return_by=self.return_by,
            tracking_number=self.tracking_number,
            worth=self.worth,
            lines=tuple(self._lines()),
            unannounced=tuple(
                Unannounced(id=odd.id, sku=odd.sku, quantity=odd.quantity, admitted=self.admitted.get(odd.id))
                for odd in self.goods.oddities
            ),
            money=tuple(_money(gift) for gift in self.gifts.values()),
            replacements=tuple(self.replacements),
            holds=tuple(self.holds.values()),
            references=dict(self.references),
            entries=tuple(self._entries),
            decisions_from=self._decided,
            decisions=tuple(self._decisions),
            postings=self._postings(),
        )
        self._written()
        return snapshot

    def _postings(self) -> tuple[Posting, ...]:
        new = self.journal.take_new()
        # A return that began under code without a journal has written only a part of it: the end says all of it.
        return self.journal.all if self.ended else new

    def _lines(self) -> list[ReturnLineProgress]:
        return [
            ReturnLineProgress(
                line_id=line_id,
                sku=goods.line.sku,
                requested=goods.line.quantity,
                authorised=goods.authorised,
                received=goods.received,
                missing=goods.missing,
                accepted=goods.accepted,
                rejected=goods.rejected,
                settled=goods.settled,
                dispositions=dict(goods.dispositions),
            )
            for line_id, goods in self.goods.lines.items()
        ]


def _money(gift: Gift) -> MoneyGiven:
    granted = gift.grant
    currency = granted.shipping.currency
    return MoneyGiven(
        key=gift.key,
        state=gift.state,
        total=gift.ways.total,
        goods=Money.sum_of((line.amount for line in granted.lines), currency),
        shipping=granted.shipping,
        fees=granted.fees,
        ways=gift.ways,
        references=dict(gift.references),
    )
