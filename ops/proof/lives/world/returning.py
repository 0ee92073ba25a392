"""Customers who send things back, and those who take them in: announced, brought, counted, inspected."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from models.ids import return_id
from models.messages import Cancellation, Verdict
from models.partners.events import ParcelMoved
from models.policy.stock.wanting import class_of
from models.returns.case import ReturnCase, ReturnLine
from models.returns.messages import GoodsReceipt, InspectedLine, Inspection, ReceivedLine, ReturnDecision, ReturnStart
from models.returns.request import Condition, Requester, Resolution, ReturnReason
from models.returns.sold import sold
from models.states.fulfilment import ShipmentState
from models.states.hold import HoldState
from models.states.lifecycle import Lifecycle
from models.states.returning import RETURN
from ops.proof.lives.world.floor import DAY, HOUR, MINUTE
from ops.proof.lives.world.shop import ITEMS

if TYPE_CHECKING:
    from models.order.snapshot import OrderSnapshot
    from models.policy.policy_set import PolicySet
    from models.returns.snapshot import ReturnSnapshot
    from models.returns.sold import Sold
    from ops.proof.lives.world.books import LifeReturnBook
    from ops.proof.lives.world.floor import Floor
    from ops.proof.lives.world.memory import World

_RETURNED, _RETURNED_TWICE, _WITHDRAWN, _NEVER_SENT = 0.4, 0.1, 0.08, 0.1
_RESOLUTIONS = {Resolution.REFUND: 7, Resolution.STORE_CREDIT: 1, Resolution.REPLACEMENT: 1, Resolution.EXCHANGE: 1}
_GRADES = {Condition.UNOPENED: 4, Condition.OPENED: 3, Condition.USED: 1, Condition.DAMAGED: 1, Condition.DEFECTIVE: 1}
_MOST_LOOKS = 20
_FRESH = 5
"""After so many holds of one return people have had enough, and reject."""


class Returning:
    """All returns of one life."""

    def __init__(self, world: World, floor: Floor, book: LifeReturnBook, policies: PolicySet) -> None:
        """Read what orders and returns write down."""
        self._world, self._floor, self._book, self._policies = world, floor, book, policies
        self._thought: set[str] = set()
        self._seen: set[tuple[str, str]] = set()
        self._tracked: set[str] = set()
        world.told.append(self.read_order)
        world.heard.append(self.read)

    def read_order(self, snapshot: OrderSnapshot) -> None:
        """Let the customer of a completed order think about it."""
        if snapshot.lifecycle is not Lifecycle.COMPLETED or snapshot.order_id in self._thought:
            return
        self._thought.add(snapshot.order_id)
        chance = self._chance(snapshot.order_id)
        drawn = chance.random()
        for number, wanted in enumerate((_RETURNED, _RETURNED_TWICE), start=1):
            if drawn < wanted:

                async def announce(number: int = number) -> None:
                    await self._announce(snapshot, number, self._chance(f"{snapshot.order_id}/{number}"))

                self._world.host.later(chance.uniform(HOUR, 35 * DAY), announce)

    async def _announce(self, snapshot: OrderSnapshot, number: int, chance: random.Random) -> None:
        world = self._world
        order = world.orders[snapshot.order_id]
        belongs = class_of(self._policies.stock, order)
        bought = sold(order, snapshot, ITEMS, belongs.name if belongs else None)
        resolution = chance.choices(list(_RESOLUTIONS), list(_RESOLUTIONS.values()))[0]
        lines = self._lines(bought, resolution, chance)
        if not lines:
            return
        case = ReturnCase(
            id=return_id(bought.channel, bought.external_id, number),
            number=number,
            sold=bought,
            lines=lines,
            resolution=resolution,
            requested_by=chance.choice(tuple(Requester)),
            opened_by="ada",
            opened_at=world.host.now,
        )
        self._book.claimed |= {(case.id, case.sold.order_id, line.line_id): line.quantity for line in lines}
        world.cases[case.id] = case
        world.note("a return", f"{case.id}: {resolution.value}")
        await world.host.start("ReturnWorkflow", ReturnStart(case=case), case.id)
        self._send_back(case, chance)
        if chance.random() < _WITHDRAWN:
            self._withdraw_later(case.id, chance)

    def _lines(self, bought: Sold, resolution: Resolution, chance: random.Random) -> tuple[ReturnLine, ...]:
        lines: list[ReturnLine] = []
        for line in bought.lines:
            spare = self._book.spare(bought.order_id, line.line_id)
            if line.has_goods and spare > 0 and (chance.random() < 0.7 or not lines):  # noqa: PLR2004 - most lines
                lines.append(
                    ReturnLine(
                        line_id=line.line_id,
                        sku=line.sku,
                        quantity=chance.randint(1, spare),
                        reason=chance.choice(tuple(ReturnReason)),
                        condition=chance.choice(tuple(Condition)),
                        exchange_for="MUG-BLUE" if resolution is Resolution.EXCHANGE else None,
                    )
                )
        return tuple(lines)

    # --- the goods ----------------------------------------------------------------------------------------------------

    def _send_back(self, case: ReturnCase, chance: random.Random) -> None:
        if chance.random() < _NEVER_SENT:
            self._world.note("nothing is sent back", case.id)
            return
        parts = [case.lines] if len(case.lines) == 1 or chance.random() < 0.7 else [case.lines[:1], case.lines[1:]]  # noqa: PLR2004 - mostly at once
        for number, lines in enumerate(parts, start=1):

            async def come(number: int = number, lines: tuple[ReturnLine, ...] = lines) -> None:
                await self._come(case, number, lines, chance)

            self._world.host.later(chance.uniform(6 * HOUR, 9 * DAY), come)

    async def _come(self, case: ReturnCase, number: int, lines: tuple[ReturnLine, ...], chance: random.Random) -> None:
        received: list[ReceivedLine] = []
        for line in lines:
            quantity = line.quantity + chance.choice((0, 0, 0, 0, 0, 1, -1))
            if quantity > 0:
                received.append(ReceivedLine(sku=line.sku, quantity=quantity))
        if chance.random() < 0.04:  # noqa: PLR2004 - something else is in the parcel
            received.append(ReceivedLine(sku="LAMP", quantity=1))
        if not received:
            return
        receipt = GoodsReceipt(receipt_id=f"R-{number}", node="berlin", lines=tuple(received), actor="dock")
        taken = await self._world.host.update(case.id, "receive", receipt)
        self._world.note("goods are back" if taken else "goods are back, and nobody takes them", case.id)
        if not taken:
            return
        for came in receipt.lines:
            self._floor.take_back(came.sku, receipt.node, came.quantity)
        if chance.random() < 0.1:  # noqa: PLR2004 - told twice, one in ten
            await self._world.host.update(case.id, "receive", receipt)
        self._inspect_later(case.id, number, 1, chance)

    def _inspect_later(self, return_id: str, receipt: int, attempt: int, chance: random.Random) -> None:
        """Look now and then, as long as the return goes on: somebody may yet admit what nobody had announced."""

        async def inspect() -> None:
            snapshot = self._world.returned.get(return_id)
            if attempt < _MOST_LOOKS and (snapshot is None or not RETURN.is_final(snapshot.state)):
                await self._inspect(return_id, f"{receipt}-{attempt}", chance)
                self._inspect_later(return_id, receipt, attempt + 1, chance)

        self._world.host.later(chance.uniform(HOUR, 3 * DAY), inspect)

    async def _inspect(self, return_id: str, number: str, chance: random.Random) -> None:
        """Inspect whatever has come and was not inspected yet."""
        snapshot = self._world.returned.get(return_id)
        if snapshot is None:
            return
        lines = []
        for line in snapshot.lines:
            waiting = line.received - line.accepted - line.rejected
            if waiting > 0:
                grade = chance.choices(list(_GRADES), list(_GRADES.values()))[0]
                fine = chance.random() < 0.85  # noqa: PLR2004 - most of it is fine
                why = None if fine else "it is not ours"
                lines.append(
                    InspectedLine(line_id=line.line_id, grade=grade, quantity=waiting, accepted=fine, reason=why)
                )
        if lines:
            inspection = Inspection(inspection_id=f"I-{number}", lines=tuple(lines), actor="ines")
            taken = await self._world.host.update(return_id, "inspect", inspection)
            self._world.note("goods inspected" if taken else "inspection refused", return_id)

    # --- words --------------------------------------------------------------------------------------------------------

    def read(self, snapshot: ReturnSnapshot) -> None:
        """See to a return's open holds, and follow its parcel."""
        for hold in snapshot.holds:
            if hold.state is HoldState.OPEN and (snapshot.return_id, hold.id) not in self._seen:
                self._seen.add((snapshot.return_id, hold.id))
                self._world.note(f"hold of a return: {hold.kind.value}", f"{snapshot.return_id}: {hold.reason[:80]}")
                self._answer_later(snapshot.return_id, hold.id, len(snapshot.holds))
        if snapshot.tracking_number and snapshot.return_id not in self._tracked:
            self._tracked.add(snapshot.return_id)
            self._parcel(snapshot.return_id, snapshot.tracking_number)

    def _answer_later(self, return_id: str, hold_id: str, how_many: int) -> None:
        chance = self._chance(f"{return_id}/{hold_id}")
        approves = how_many < _FRESH and chance.random() < 0.7  # noqa: PLR2004 - mostly
        verdict = Verdict.APPROVE if approves else Verdict.REJECT
        word = ReturnDecision(hold=hold_id, verdict=verdict, reason="looked into it", actor="finn")

        async def say() -> None:
            taken = await self._world.host.update(return_id, "decide", word)
            self._world.note(f"return: {verdict.value}" if taken else "return: too late", f"{return_id} {hold_id}")

        self._world.host.later(chance.uniform(10 * MINUTE, 2 * DAY), say)

    def _parcel(self, return_id: str, tracking: str) -> None:
        chance = self._chance(f"{return_id}/parcel")
        case = self._world.cases[return_id]
        states = chance.choice(((ShipmentState.IN_TRANSIT, ShipmentState.DELIVERED), (ShipmentState.LOST,), ()))
        for number, state in enumerate(states, start=1):
            event = ParcelMoved(
                event_id=f"{return_id}/parcel/{number}",
                order_id=case.sold.order_id,
                occurred_at=self._world.host.now + timedelta(days=number),
                tracking_number=tracking,
                state=state,
            )

            async def tell(event: ParcelMoved = event) -> None:
                heard = await self._world.host.signal(return_id, "partner_event", event)
                self._world.note("return's parcel" if heard else "return's parcel, too late", return_id)

            self._world.host.later(chance.uniform(DAY, 6 * DAY) * number, tell)

    def _withdraw_later(self, return_id: str, chance: random.Random) -> None:
        wish = Cancellation(reason="I keep it", actor="ada")

        async def withdraw() -> None:
            taken = await self._world.host.update(return_id, "withdraw", wish)
            self._world.note("withdrawn" if taken else "withdrawn too late", return_id)

        self._world.host.later(chance.uniform(0, 8 * DAY), withdraw)

    def _chance(self, name: str) -> random.Random:
        return random.Random(f"{self._world.seed}/returns/{name}")  # noqa: S311 - a life is made up
