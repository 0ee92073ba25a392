"""A small world for a return: partners and our own books in memory, with a journal, faults and lost replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from models.ids import return_id
from models.messages import Cancellation
from models.money import Money
from models.order.parties import Address
from models.order.payment_terms import PaymentTerms
from models.partners.asking import Done
from models.partners.erp import CreditMemo
from models.partners.payments import Refund
from models.policy.policy_set import PolicySet
from models.policy.returns import ReturnRules
from models.returns.assessment import ReturnAssessment, ReturnAssessmentRequest
from models.returns.authorising import authorise
from models.returns.case import ReturnCase, ReturnLine
from models.returns.messages import GoodsReceipt, InspectedLine, Inspection, ReceivedLine, ReturnStart
from models.returns.money import (
    ClaimAnswer,
    ClaimChange,
    HandedIn,
    RefundClaim,
    RefundGrant,
    RefundOutcome,
    Replacement,
    Ways,
)
from models.returns.refunding import Given, LineGiven, grant
from models.returns.request import Condition, Requester, Resolution, ReturnReason
from models.returns.snapshot import ReturnSnapshot
from models.returns.sold import Sold, SoldLine
from models.stock.events import StockEvent, StockEventAnswer
from tests.promises.orders.world import (
    POLICIES,
    FakeBook,
    FakeCarriers,
    FakeErp,
    FakeNotices,
    FakePayments,
    FakeStock,
    FakeWarehouse,
    World,
)

_NUMBERS = count(1)
HOME = Address(lines=("Hauptstr. 1",), city="Berlin", postal_code="10115", country="DE")
WORD = {"reason": "looked into it", "actor": "anna"}


def euro(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


@dataclass
class ReturnWorld(World):
    """What an order's world has, and our book of returns."""

    rules: ReturnRules = field(default_factory=ReturnRules)
    wait: timedelta | None = None
    """How long goods are waited for; none: as the rules say."""
    case: ReturnCase | None = None
    captured: int = 10_249
    invoiced: int = 10_249
    held: int = 0
    before: int = 0
    given: dict[str, LineGiven] = field(default_factory=dict)
    ways: Ways = field(default_factory=lambda: Ways.none("EUR"))
    shipping: int = 0
    grants: dict[str, RefundGrant] = field(default_factory=dict)
    outcomes: dict[str, RefundOutcome] = field(default_factory=dict)
    claims: dict[str, int] = field(default_factory=dict)
    spare: int = 0
    """How many more of each line the order has than was announced."""
    told: list[StockEvent] = field(default_factory=list)
    handed_in: list[Replacement] = field(default_factory=list)
    returned: list[ReturnSnapshot] = field(default_factory=list)
    memos: list[CreditMemo] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    @property
    def now(self) -> ReturnSnapshot:
        return self.returned[-1]

    @property
    def story(self) -> list[str]:
        return [entry.text for snapshot in self.returned for entry in snapshot.entries]

    async def until_state(self, state: str) -> None:
        await self.until(lambda: self.now.state == state)

    async def until_held(self, *kinds: str) -> None:
        await self.until(lambda: sorted(hold.kind for hold in self.now.holds if hold.state == "open") == sorted(kinds))

    def stock_of(self, kind: str) -> list[str]:
        return [event.event_id for event in self.told if event.type == f"stock.{kind}"]

    @property
    def refunded(self) -> int:
        return self.money["refunded"]


class ReturningErp(FakeErp):
    world: ReturnWorld

    async def credit_memo(self, memo: CreditMemo) -> Done:
        def post() -> Done:
            goods = Money.sum_of((line.amount for line in memo.lines), memo.total.currency)
            assert goods + memo.shipping - memo.fees == memo.total
            self.world.memos.append(memo)
            return Done(reference=f"CM-{len(self.world.memos)}")

        return await self.world.effect("credit_memo", memo.key, post)


class ReturningPayments(FakePayments):
    async def refund(self, refund: Refund) -> Done:
        def give() -> Done:
            self.world.money["refunded"] += refund.amount.amount
            return Done(reference=f"REF-{self.world.money['refunded']}")

        return await self.world.effect("refund", refund.key, give)


class ReturningStock(FakeStock):
    world: ReturnWorld

    async def apply(self, event: StockEvent, *, source: str) -> StockEventAnswer:
        if self.world.own_refusals["apply"]:
            raise self.world.own_refusals["apply"].pop(0)
        repeated = event.event_id in {told.event_id for told in self.world.told}
        if not repeated:
            self.world.told.append(event)
        assert source == "orderloom"
        return StockEventAnswer(event_id=event.event_id, repeated=repeated)


class FakeReturnBook:
    def __init__(self, world: ReturnWorld) -> None:
        self.world = world

    def refuse(self, verb: str) -> None:
        if self.world.own_refusals[verb]:
            raise self.world.own_refusals[verb].pop(0)

    async def assess(self, request: ReturnAssessmentRequest) -> ReturnAssessment:
        self.refuse("assess")
        policy: PolicySet = POLICIES.current.model_copy(update={"returns": self.world.rules})
        return authorise(request.case, policy)

    async def claim(self, claim: RefundClaim) -> RefundGrant:
        self.refuse("claim")
        world = self.world
        if claim.key not in world.grants:
            assert world.case is not None
            given = Given(
                paid=euro(world.captured),
                held_by_channel=euro(world.held),
                refunded_before=euro(world.before),
                lines=world.given,
                shipping=euro(world.shipping),
                ways=world.ways,
            )
            granted = grant(claim, world.case.sold, given)
            world.grants[claim.key] = granted
            world.ways = _sum(world.ways, granted.ways, 1)
            world.shipping += granted.shipping.amount
            for line in granted.lines:
                before = world.given.get(line.line_id) or LineGiven(amount=euro(0))
                world.given[line.line_id] = LineGiven(
                    units=before.units + line.quantity, amount=before.amount + line.amount
                )
        return world.grants[claim.key]

    async def settle(self, outcome: RefundOutcome) -> None:
        if outcome.key not in self.world.outcomes:
            self.world.outcomes[outcome.key] = outcome
            granted = self.world.grants[outcome.key].ways
            self.world.ways = _sum(self.world.ways, granted, -1)
            self.world.ways = _sum(self.world.ways, outcome.given, 1)

    async def change_claim(self, change: ClaimChange) -> ClaimAnswer:
        more = sum(max(line.quantity - self.world.claims.get(line.line_id, 0), 0) for line in change.lines)
        if more > self.world.spare:
            return ClaimAnswer(granted=False)
        self.world.spare -= more
        self.world.claims |= {line.line_id: line.quantity for line in change.lines}
        return ClaimAnswer(granted=True)

    async def hand_in(self, replacement: Replacement) -> HandedIn:
        if replacement not in self.world.handed_in:
            self.world.handed_in.append(replacement)
        return HandedIn(order_id=f"{replacement.order_id}-R{replacement.part}")

    async def record(self, snapshot: ReturnSnapshot) -> None:
        self.world.returned.append(snapshot)
        if not self.world.states or self.world.states[-1] != snapshot.state:
            self.world.states.append(snapshot.state)


def _sum(one: Ways, other: Ways, sign: int) -> Ways:
    return Ways(**{name: euro(part.amount + sign * getattr(other, name).amount) for name, part in dict(one).items()})


def ports(world: ReturnWorld) -> dict[str, Any]:
    return {
        "erp": ReturningErp(world),
        "warehouse": FakeWarehouse(world),
        "payments": ReturningPayments(world),
        "carriers": FakeCarriers(world),
        "notices": FakeNotices(world),
        "stock": ReturningStock(world),
        "book": FakeBook(world),
        "returns": FakeReturnBook(world),
    }


def sold(  # noqa: PLR0913 - each is one thing a story may need
    *,
    mugs: int = 4,
    terms: PaymentTerms = PaymentTerms.CAPTURE_ON_SHIPMENT,
    arrived_days_ago: int = 3,
    shipping: int = 490,
    channel: str = "shopify",
    customer_class: str | None = None,
    changes: dict[str, Any] | None = None,
) -> Sold:
    external_id = f"{next(_NUMBERS):04d}"
    lines = (
        SoldLine(line_id="1", sku="MUG", quantity=mugs, total=euro(1190 * mugs), net=euro(1000 * mugs), shipped=mugs),
        SoldLine(line_id="2", sku="LAMP", quantity=1, total=euro(4999), net=euro(4201), shipped=1),
    )
    made = Sold(
        order_id=f"order:{channel}:R{external_id}",
        channel=channel,
        external_id=f"R{external_id}",
        currency="EUR",
        terms=terms,
        customer_id="C-1",
        customer_class=customer_class,
        email="ada@example.com",
        ship_from=HOME,
        lines=lines,
        shipping=euro(shipping),
        delivered_at=datetime.now(UTC) - timedelta(days=arrived_days_ago),
        node="berlin",
        authorisation="AUTH-1" if terms is PaymentTerms.CAPTURE_ON_SHIPMENT else None,
        sales_order="SO-1",
    )
    return made.model_copy(update=changes or {})


def a_case(  # noqa: PLR0913 - each is one thing a story may need
    bought: Sold | None = None,
    *,
    mugs: int = 1,
    lamps: int = 0,
    reason: ReturnReason = ReturnReason.CHANGED_MIND,
    condition: Condition = Condition.UNOPENED,
    resolution: Resolution = Resolution.REFUND,
    exchange_for: str | None = None,
    known: bool = True,
) -> ReturnCase:
    bought = bought or sold()
    wanted = {"1": ("MUG", mugs), "2": ("LAMP", lamps)}
    return ReturnCase(
        id=return_id(bought.channel, bought.external_id, 1),
        number=1,
        known=known,
        sold=bought,
        lines=tuple(
            ReturnLine(
                line_id=line_id,
                sku=sku,
                quantity=quantity,
                reason=reason,
                condition=condition,
                exchange_for=exchange_for,
            )
            for line_id, (sku, quantity) in wanted.items()
            if quantity
        ),
        resolution=resolution,
        requested_by=Requester.CUSTOMER,
        opened_by="shop",
        opened_at=datetime.now(UTC),
    )


async def start(world: ReturnWorld, case: ReturnCase) -> Any:
    assert world.client is not None
    world.case = case
    world.claims = {line.line_id: line.quantity for line in case.lines}
    return await world.client.start_workflow("ReturnWorkflow", ReturnStart(case=case), id=case.id, task_queue="orders")


def receipt(number: int = 1, *, line_id: str | None = None, **quantities: int) -> GoodsReceipt:
    return GoodsReceipt(
        receipt_id=f"R-{number}",
        node="berlin",
        lines=tuple(
            ReceivedLine(sku=name.upper(), quantity=quantity, line_id=line_id) for name, quantity in quantities.items()
        ),
        actor="dock",
    )


def inspection(number: int = 1, *lines: InspectedLine) -> Inspection:
    return Inspection(inspection_id=f"I-{number}", lines=lines or (fine(),), actor="ines")


def fine(quantity: int = 1, line_id: str = "1", **changes: Any) -> InspectedLine:
    return InspectedLine(**{"line_id": line_id, "grade": Condition.UNOPENED, "quantity": quantity, **changes})


async def come_and_pass(handle: Any, mugs: int = 1) -> None:
    """So many mugs come, and the inspector finds nothing wrong with them."""
    await handle.execute_update("receive", receipt(mug=mugs))
    await handle.execute_update("inspect", inspection(1, fine(mugs)))


def withdrawal() -> Cancellation:
    return Cancellation(reason="I keep it", actor="ada")
