"""Our own books in memory: of orders, and of returns with what is left to be given for each order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.order.order import Order, Provenance
from models.order.payment_terms import PaymentTerms
from models.policy.assess import assess
from models.returns.authorising import authorise
from models.returns.money import ClaimAnswer, HandedIn, Ways
from models.returns.refunding import Given, LineGiven, grant
from models.returns.replacing import replacement_order
from models.states.lifecycle import LIFECYCLE
from ops.proof.lives.world.shop import ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.catalogue import Item
    from models.order.assessment import Assessment, AssessmentRequest
    from models.order.snapshot import OrderSnapshot
    from models.partners.erp import ItemAnswer
    from models.policy.policy_set import PolicySet
    from models.returns.assessment import ReturnAssessment, ReturnAssessmentRequest
    from models.returns.money import ClaimChange, RefundClaim, RefundGrant, RefundOutcome, Replacement
    from models.returns.snapshot import ReturnSnapshot
    from ops.proof.lives.world.memory import World

_PAID_IN = {PaymentTerms.PREPAID, PaymentTerms.CAPTURE_ON_SHIPMENT}


class LifeBook:
    """The book of orders."""

    def __init__(self, world: World, policies: PolicySet) -> None:
        """Judge by these policies."""
        self._world, self._policies = world, policies
        # One article is in the ERP and not in our master data until somebody asks.
        self._items: dict[str, Item] = {sku: item for sku, item in ITEMS.items() if sku != "MUG-BLUE" or world.seed % 7}

    async def assess(self, request: AssessmentRequest) -> Assessment:
        """Judge an order."""
        return assess(request.order, self._policies, self._items)

    async def learn(self, answer: ItemAnswer) -> None:
        """Keep what the ERP knows."""
        self._items |= {item.sku: item for item in answer.items}

    async def record(self, snapshot: OrderSnapshot) -> None:
        """Write an order's state, unless a newer one is there."""
        world = self._world
        before = world.snapshots.get(snapshot.order_id)
        if before is None or snapshot.version > before.version:
            world.snapshots[snapshot.order_id] = snapshot
            before_that = [] if LIFECYCLE.is_final(snapshot.lifecycle) else world.postings.get(snapshot.order_id, [])
            # The last one says all of it once more.
            world.postings[snapshot.order_id] = [*before_that, *snapshot.postings]
            for entry in snapshot.entries:
                world.deeds.append(f"    {snapshot.order_id}: {entry.text}")
                if entry.text.startswith("given up: "):
                    world.given_up[snapshot.order_id] += 1
            for tell in world.told:
                tell(snapshot)


class LifeReturnBook:
    """The book of returns."""

    def __init__(self, world: World, policies: PolicySet, hand_in: Callable[[Order], None]) -> None:
        """Judge by these policies; `hand_in` takes an order that sends something instead."""
        self._world, self._policies, self._hand_in = world, policies, hand_in
        self._grants: dict[str, RefundGrant] = {}
        self._settled: set[str] = set()
        self._ways: dict[str, Ways] = {}
        self._lines: dict[tuple[str, str], LineGiven] = {}
        self._shipping: dict[str, Money] = {}
        self.claimed: dict[tuple[str, str, str], int] = {}
        """By return, order and line: how many units it has a claim to."""

    def spare(self, order_id: str, line_id: str, return_id: str = "") -> int:
        """How many of a line were shipped and no other return has a claim to."""
        shipped = next(line.shipped for line in self._world.snapshots[order_id].lines if line.line_id == line_id)
        others = (
            units
            for (mine, order, line), units in self.claimed.items()
            if (order, line) == (order_id, line_id) and mine != return_id
        )
        return shipped - sum(others)

    async def assess(self, request: ReturnAssessmentRequest) -> ReturnAssessment:
        """Judge a return."""
        return authorise(request.case, self._policies)

    async def claim(self, claim: RefundClaim) -> RefundGrant:
        """Set aside what is given."""
        if claim.key not in self._grants:
            granted = grant(claim, self._world.cases[claim.return_id].sold, self._given(claim.return_id))
            self._grants[claim.key] = granted
            self._change(claim.order_id, granted, granted.ways, 1)
        return self._grants[claim.key]

    async def settle(self, outcome: RefundOutcome) -> None:
        """Note what was given; the rest is free again."""
        if outcome.key in self._settled:
            return
        self._settled.add(outcome.key)
        granted = self._grants[outcome.key]
        order_id = self._world.cases[outcome.return_id].sold.order_id
        refused = bool(granted.total) and not outcome.given.total
        if refused:
            self._change(order_id, granted, granted.ways, -1)
        else:
            self._ways[order_id] = _sum(_sum(self._ways[order_id], granted.ways, -1), outcome.given, 1)

    async def change_claim(self, change: ClaimChange) -> ClaimAnswer:
        """Claim more goods, or fewer."""
        for line in change.lines:
            if line.quantity > self.spare(change.order_id, line.line_id, change.return_id):
                return ClaimAnswer(granted=False)
        self.claimed |= {(change.return_id, change.order_id, line.line_id): line.quantity for line in change.lines}
        return ClaimAnswer(granted=True)

    async def hand_in(self, replacement: Replacement) -> HandedIn:
        """Hand in an order in place of what came back."""
        original = self._world.orders[replacement.order_id]
        document = replacement_order(original, replacement, self._world.host.now)
        order = Order.accepted(document, Provenance(format="lives", payload_digest="0" * 64))
        if order.id not in self._world.orders:
            self._hand_in(order)
        return HandedIn(order_id=order.id)

    async def record(self, snapshot: ReturnSnapshot) -> None:
        """Write a return's state, unless a newer one is there."""
        world = self._world
        before = world.returned.get(snapshot.return_id)
        if before is None or snapshot.version > before.version:
            world.returned[snapshot.return_id] = snapshot
            for entry in snapshot.entries:
                world.deeds.append(f"    {snapshot.return_id}: {entry.text}")
                if entry.text.startswith("given up: "):
                    world.given_up[snapshot.order_id] += 1
            for hear in world.heard:
                hear(snapshot)

    def _given(self, return_id: str) -> Given:
        sold = self._world.cases[return_id].sold
        money = self._world.snapshots[sold.order_id].money
        zero = Money.zero(sold.currency)
        return Given(
            paid=money.captured if sold.terms in _PAID_IN else money.invoiced,
            held_by_channel=money.held_by_channel or zero,
            refunded_before=money.refunded,
            lines={line: given for (order, line), given in self._lines.items() if order == sold.order_id},
            shipping=self._shipping.get(sold.order_id, zero),
            ways=self._ways.get(sold.order_id, Ways.none(sold.currency)),
        )

    def _change(self, order_id: str, granted: RefundGrant, ways: Ways, sign: int) -> None:
        currency = granted.shipping.currency
        self._ways[order_id] = _sum(self._ways.get(order_id, Ways.none(currency)), ways, sign)
        before = self._shipping.get(order_id, Money.zero(currency))
        self._shipping[order_id] = _plus(before, granted.shipping, sign)
        for line in granted.lines:
            so_far = self._lines.get((order_id, line.line_id)) or LineGiven(amount=Money.zero(currency))
            self._lines[order_id, line.line_id] = LineGiven(
                units=so_far.units + sign * line.quantity, amount=_plus(so_far.amount, line.amount, sign)
            )


def _sum(one: Ways, other: Ways, sign: int) -> Ways:
    return Ways(**{name: _plus(part, getattr(other, name), sign) for name, part in dict(one).items()})


def _plus(one: Money, other: Money, sign: int) -> Money:
    return Money(amount=one.amount + sign * other.amount, currency=one.currency)
