"""The people of one life: operators who answer holds, customers who change their minds, strangers with nonsense."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from models.changes.request import (
    CancelLine,
    CancelOrder,
    CancelQuantity,
    ChangeAddress,
    ChangeProposal,
    ChangeQuantity,
    ChangeService,
    ChangeWithdrawal,
)
from models.messages import Cancellation, HoldDecision, Verdict
from models.order.document import ServiceLevel
from models.order.parties import Address
from models.states.hold import HoldKind, HoldState
from ops.proof.lives.world.floor import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from models.changes.request import ChangeRequest
    from models.order.order import Order
    from models.order.snapshot import OrderSnapshot
    from models.states.hold import Hold
    from ops.proof.lives.world.memory import World

_APPROVE, _REJECT, _LEAVE = "approve", "reject", "leave"
_ANSWERS = {
    HoldKind.PARTNER_UNAVAILABLE: {_LEAVE: 17, _APPROVE: 2, _REJECT: 1},
    HoldKind.CUSTOMER_REQUEST: {_APPROVE: 3, _REJECT: 1, _LEAVE: 1},
    HoldKind.UNKNOWN_DELIVERY_DATE: {_APPROVE: 9, _REJECT: 1},
}
_USUALLY = {_APPROVE: 4, _REJECT: 1}
_NEW_ADDRESS = Address(name="Ada", lines=("Neue Str. 2",), city="Hamburg", postal_code="20095", country="DE")
_PATIENCE = 8
"""After so many holds of one order people have had enough, and reject."""
_CANCELLED, _CANCELLED_TWICE, _CHANGED, _NONSENSE = 0.22, 0.03, 0.2, 0.12


class People:
    """Everybody but the partners."""

    def __init__(self, world: World) -> None:
        """Read what orders write down."""
        self._world = world
        self._seen: set[tuple[str, str]] = set()
        world.told.append(self.read)

    def read(self, snapshot: OrderSnapshot) -> None:
        """Look at an order's open holds, and see to those that are new."""
        for hold in snapshot.holds:
            if hold.state is HoldState.OPEN and (snapshot.order_id, hold.id) not in self._seen:
                self._seen.add((snapshot.order_id, hold.id))
                self._world.note(f"hold: {hold.kind.value}", f"{snapshot.order_id} {hold.id}: {hold.reason[:80]}")
                self._see_to(snapshot.order_id, hold, len(snapshot.holds))

    def _see_to(self, order_id: str, hold: Hold, how_many: int) -> None:
        chance = self._chance(f"{order_id}/{hold.id}")
        often = _ANSWERS.get(hold.kind, _USUALLY) if how_many < _PATIENCE else {_REJECT: 1}
        answer = chance.choices(list(often), list(often.values()))[0]
        if answer == _LEAVE:
            return
        after = chance.uniform(5 * MINUTE, 20 * HOUR)
        self._answer_later(order_id, hold.id, answer, after, chance)
        if chance.random() < 0.05:  # noqa: PLR2004 - two people at once, now and then
            self._answer_later(order_id, hold.id, _REJECT, after + chance.uniform(0, MINUTE), chance)

    def _answer_later(self, order_id: str, hold_id: str, answer: str, after: float, chance: random.Random) -> None:
        by_signal = chance.random() < 0.4  # noqa: PLR2004 - from the Web UI as often as not

        async def say() -> None:
            host = self._world.host
            word = {"hold": hold_id, "reason": "looked into it", "actor": "anna"}
            if by_signal:
                taken = await host.signal(order_id, answer, word)
            else:
                decision = HoldDecision(hold=hold_id, verdict=Verdict(answer), reason="looked into it", actor="anna")
                taken = await host.update(order_id, "decide", decision)
            self._world.note(f"operator: {answer}" if taken else "operator: too late", f"{order_id} {hold_id}")

        self._world.host.later(after, say)

    # --- what nobody asked for ----------------------------------------------------------------------------------------

    def disturb(self, order: Order) -> None:
        """Draw whether, when and how somebody interferes with an order."""
        chance = self._chance(f"{order.id}/wishes")
        drawn = chance.random()
        if drawn < _CANCELLED:
            self._cancel_later(order.id, chance)
        if drawn < _CANCELLED_TWICE:
            self._cancel_later(order.id, chance)
        for number in range(chance.choice((1, 1, 2)) if chance.random() < _CHANGED else 0):
            self._change_later(order, number + 1, self._chance(f"{order.id}/change/{number}"))
        if chance.random() < _NONSENSE:
            self._nonsense_later(order.id, chance)

    def _cancel_later(self, order_id: str, chance: random.Random) -> None:
        way = chance.choice(("update", "update", "signal", "temporal"))
        wish = Cancellation(reason="I do not want it any more", actor="ada")

        async def cancel() -> None:
            host = self._world.host
            if way == "temporal":
                taken = await host.cancel(order_id, wish.reason)
            elif way == "signal":
                taken = await host.signal(order_id, "cancel", wish)
            else:
                taken = await host.update(order_id, "cancel", wish)
            self._world.note(f"cancelled by {way}" if taken else "cancelled too late", order_id)

        # Early, in the middle, or when the parcels are on their way: each is another race.
        self._world.host.later(
            chance.choice((chance.uniform(0, 20), chance.uniform(0, DAY), chance.uniform(0, 5 * DAY))), cancel
        )

    def _change_later(self, order: Order, number: int, chance: random.Random) -> None:
        proposal = ChangeProposal(request=_wished(order, chance), actor="ada")
        by_signal = chance.random() < 0.3  # noqa: PLR2004 - some come from the Web UI

        async def change() -> None:
            host = self._world.host
            if isinstance(proposal.request, ChangeQuantity | CancelQuantity | CancelLine):
                self._world.touched.add(order.id)
            if by_signal:
                taken = await host.signal(order.id, "change", proposal)
            else:
                taken = await host.update(order.id, "change", proposal)
            way = "signal" if by_signal else "update"
            kind = proposal.request.kind.value
            self._world.note(f"changed by {way}" if taken else "changed too late", f"{order.id} {kind}")

        async def withdraw() -> None:
            word = ChangeWithdrawal(change=f"change-{number}", reason="leave it as it was", actor="ada")
            taken = await self._world.host.update(order.id, "withdraw_change", word)
            self._world.note("a change is withdrawn" if taken else "a change is withdrawn too late", order.id)

        after = chance.choice((chance.uniform(0, 30), chance.uniform(0, DAY), chance.uniform(0, 4 * DAY)))
        self._world.host.later(after, change)
        if chance.random() < 0.3:  # noqa: PLR2004 - and some think better of it
            self._world.host.later(after + chance.uniform(0.1, 20), withdraw)

    def _nonsense_later(self, order_id: str, chance: random.Random) -> None:
        name, payload = chance.choice(
            (
                ("approve", b"{"),
                ("approve", b'{"reason": "", "actor": 1}'),
                ("reject", b'{"hold": "nothing-1", "reason": "no", "actor": "eve"}'),
                ("partner_event", b'{"type": "wms.shipped"}'),
                ("hurry_up", b"null"),
                ("cancel", b"[]"),
            )
        )

        async def send() -> None:
            heard = await self._world.host.signal(order_id, name, payload)
            self._world.note("nonsense" if heard else "nonsense after the end", f"{order_id} {name}")

        self._world.host.later(chance.uniform(0, 3 * DAY), send)

    def _chance(self, name: str) -> random.Random:
        return random.Random(f"{self._world.seed}/people/{name}")  # noqa: S311 - a life is made up


def _wished(order: Order, chance: random.Random) -> ChangeRequest:
    line, why = chance.choice(order.lines), "I thought about it"
    return chance.choice(
        (
            ChangeQuantity(line_id=line.id, quantity=chance.randint(1, 9), reason=why),
            ChangeQuantity(line_id=line.id, quantity=line.quantity + 1, reason=why),
            CancelQuantity(line_id=line.id, quantity=1, reason=why),
            CancelLine(line_id=line.id, reason=why),
            ChangeAddress(address=_NEW_ADDRESS, reason=why),
            ChangeService(service_level=chance.choice(tuple(ServiceLevel)), reason=why),
            CancelOrder(reason=why),
        )
    )
