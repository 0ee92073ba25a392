"""The world of the orders' stories, with an eye on money: each tender, each invoice, rules of a test's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from models.errors import Refused
from models.ledger.postings import Posting
from models.order.assessment import Assessment, AssessmentRequest
from models.partners.asking import Done, Undone
from models.partners.erp import CreditMemo, Invoice
from models.partners.payments import Authentication, Authorisation, AuthorisationRequest, Capture, Refund, Void
from models.policy.fulfilment import WhenUndeliverable
from models.policy.money import MoneyPolicy, money_terms
from tests.promises.orders.world import FakeBook, FakeErp, FakePayments, World
from tests.promises.orders.world import ports as orders_ports


@dataclass
class MoneyWorld(World):
    """The partners' side of the money."""

    rules: MoneyPolicy = field(default_factory=MoneyPolicy)
    expires_in: timedelta | None = None
    """How long authorisations last; none: the provider does not say."""
    captures_once: bool = False
    """Whether the provider lets go of what is left at the first capture."""
    unconfirmed: set[str] = field(default_factory=set)
    """Keys of payments whose customer has yet to confirm them with the bank; a void ends that."""
    asks_customer: bool = False
    """Whether customers have to confirm what they pay from now on."""
    voids: list[Void] = field(default_factory=list)
    undeliverable: WhenUndeliverable = WhenUndeliverable.ASK
    """What is done about a lost parcel."""
    authorised: list[AuthorisationRequest] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    memos: list[CreditMemo] = field(default_factory=list)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """The journal as our store has it once the order has ended."""
        found = {posting.position: posting for snapshot in self.snapshots for posting in snapshot.postings}
        return tuple(found[position] for position in sorted(found))


class TellingPayments(FakePayments):
    world: MoneyWorld

    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        if self.world.asks_customer and request.key not in self.world.effects:
            self.world.unconfirmed.add(request.key)
        if any(void.key == request.key for void in self.world.voids):
            raise Refused("payment", "it was let go", code="authorisation_closed")
        answer = await super().authorise(request)
        self.world.authorised.append(request)
        lasts = self.world.expires_in
        waits = Authentication(url="https://bank.example/3ds") if request.key in self.world.unconfirmed else None
        return answer.model_copy(
            update={
                "expires_at": None if lasts is None else datetime.now(UTC) + lasts,
                "captures_once": self.world.captures_once,
                "authentication": waits,
            }
        )

    async def void(self, void: Void) -> Undone:
        self.world.voids.append(void)
        return await super().void(void)

    async def capture(self, capture: Capture) -> Done:
        answer = await super().capture(capture)
        self.world.captures.append(capture)
        return answer

    async def refund(self, refund: Refund) -> Done:
        answer = await super().refund(refund)
        self.world.refunds.append(refund)
        return answer


class TellingErp(FakeErp):
    world: MoneyWorld

    async def post_invoice(self, invoice: Invoice) -> Done:
        answer = await super().post_invoice(invoice)
        self.world.invoices.append(invoice)
        return answer

    async def credit_memo(self, memo: CreditMemo) -> Done:
        answer: Done = await self.world.effect("credit_memo", memo.key, lambda: Done(reference="CM-1"))
        self.world.memos.append(memo)
        return answer


class RuledBook(FakeBook):
    world: MoneyWorld

    async def assess(self, request: AssessmentRequest) -> Assessment:
        judged = await super().assess(request)
        lost = judged.fulfilment.model_copy(update={"lost": self.world.undeliverable})
        return judged.model_copy(update={"money": money_terms(self.world.rules, request.order), "fulfilment": lost})


def ports(world: MoneyWorld) -> dict[str, Any]:
    return orders_ports(world) | {
        "erp": TellingErp(world),
        "payments": TellingPayments(world),
        "book": RuledBook(world),
    }
