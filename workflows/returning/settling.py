"""What is given for accepted goods: money, credit, or other goods; once, and never more than was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.returns import ReturnActivities
from models.messages import Verdict
from models.money import Money
from models.order.snapshot import TimelineKind
from models.partners.notices import NoticeKind
from models.policy.returns import above
from models.returns.money import (
    ClaimedLine,
    MoneyState,
    RefundClaim,
    RefundOutcome,
    Replacement,
    ReplacementLine,
    Ways,
)
from models.returns.refunding import less
from models.returns.request import Resolution
from models.returns.standing import Gift
from models.states.hold import HoldKind
from models.states.returning import ReturnState
from workflows.returning import crediting, telling

if TYPE_CHECKING:
    from workflows.returning.run import ReturnRun

_GOODS = {Resolution.EXCHANGE: ReturnState.EXCHANGED, Resolution.REPLACEMENT: ReturnState.REPLACED}


async def settle(run: ReturnRun, quantities: dict[str, int]) -> None:
    """Give what is wanted for so many of each line; what nothing is due for is settled all the same."""
    claimed = tuple(_claimed(run, line_id, quantity) for line_id, quantity in quantities.items())
    run.standing.goods.settled(quantities)
    if not run.case.known:
        await _by_a_person(run, quantities)
    elif run.case.resolution in _GOODS:
        await _goods(run, quantities)
    else:
        await _money(run, claimed)


def state_after(run: ReturnRun) -> ReturnState | None:
    """Where what was given so far leaves the return; none where nothing was."""
    standing = run.standing
    if standing.replacements:
        return _GOODS[run.case.resolution]
    given = [gift.ways for gift in standing.gifts.values() if gift.state is MoneyState.GIVEN and gift.ways.total]
    if not given:
        return None
    return ReturnState.CREDITED if all(ways.credit for ways in given) else ReturnState.REFUNDED


async def _goods(run: ReturnRun, quantities: dict[str, int]) -> None:
    standing = run.standing
    lines = []
    for line_id, quantity in quantities.items():
        line = standing.goods.lines[line_id].line
        wanted = line.exchange_for if run.case.resolution is Resolution.EXCHANGE else None
        lines.append(ReplacementLine(line_id=line_id, sku=wanted or line.sku, quantity=quantity))
    part = len(standing.replacements) + 1
    asked = Replacement(return_id=run.case.id, order_id=run.case.sold.order_id, part=part, lines=tuple(lines))
    handed_in = await run.own(ReturnActivities.hand_in, asked, "hand in the order that sends something instead")
    standing.replacements.append(handed_in.order_id)
    standing.tell(f"{handed_in.order_id} sends something in its place")
    telling.tell(run, NoticeKind.REPLACEMENT_ORDERED, handed_in.order_id, part=str(part))


async def _money(run: ReturnRun, claimed: tuple[ClaimedLine, ...]) -> None:
    gift = await _granted(run, claimed)
    if not gift.grant.total:
        gift.state = MoneyState.GIVEN
        run.standing.tell("nothing is due for it")
        await _settled(run, gift)
        return
    if not await _approved(run, gift):
        gift.state, gift.ways = MoneyState.REFUSED, Ways.none(run.case.sold.currency)
        await _settled(run, gift)
        return
    gift.state = MoneyState.SENDING
    await run.desk.show()
    if not await crediting.send(run, gift):
        gift.state = MoneyState.GIVEN_UP
        run.standing.tell(f"{gift.ways.total} given up: it is not given a second time", kind=TimelineKind.TROUBLE)
        return
    gift.state = MoneyState.GIVEN
    await _settled(run, gift)
    run.standing.tell(f"{gift.ways.total} given")


async def _granted(run: ReturnRun, claimed: tuple[ClaimedLine, ...]) -> Gift:
    standing, judgement = run.standing, run.assessment
    key = run.key("refund", str(len(standing.gifts) + 1))
    first = not standing.gifts
    claim = RefundClaim(
        key=key,
        return_id=run.case.id,
        order_id=run.case.sold.order_id,
        resolution=run.case.resolution,
        lines=claimed,
        rules=judgement.rules,
        policy_version=judgement.policy_version,
        label_fee=judgement.label_fee if first and standing.tracking_number else Money.zero(run.case.sold.currency),
    )
    granted = await run.own(ReturnActivities.claim, claim, "set aside what is given")
    standing.decide(granted.decision)
    gift = Gift(key, granted, granted.ways)
    standing.gifts[key] = gift
    return gift


def _claimed(run: ReturnRun, line_id: str, quantity: int) -> ClaimedLine:
    goods = run.standing.goods.lines[line_id]
    return ClaimedLine(
        line_id=line_id,
        sku=goods.line.sku,
        quantity=quantity,
        reason=goods.line.reason,
        grades=run.standing.goods.graded(line_id, quantity),
    )


async def _approved(run: ReturnRun, gift: Gift) -> bool:
    """Have finance approve what is above the limit, or less than the rules give since no more is left."""
    total = gift.grant.total
    limited = above(run.assessment.rules.refund_above, total)
    if not limited and not gift.grant.capped:
        return True
    gift.state = MoneyState.APPROVAL
    why = "that is above the limit" if limited else "less is left of what was paid than the rules would give"
    hold = run.standing.open_hold(HoldKind.REFUND, f"give {total} back: {why}")
    run.limits[hold.id] = total
    if await run.verdict(hold) is Verdict.REJECT:
        return False
    gift.ways = less(gift.grant, run.amounts.get(hold.id, total), run.assessment.rules.tenders)
    return True


async def _settled(run: ReturnRun, gift: Gift) -> None:
    outcome = RefundOutcome(key=gift.key, return_id=run.case.id, given=gift.ways)
    await run.own(ReturnActivities.settle, outcome, "note what was given")


async def _by_a_person(run: ReturnRun, quantities: dict[str, int]) -> None:
    """Nobody knows what was paid: a person says what is given, as store credit."""
    goods = ", ".join(
        f"{quantity} x {run.standing.goods.lines[line].line.sku}" for line, quantity in quantities.items()
    )
    hold = run.standing.open_hold(
        HoldKind.REFUND, f"{goods} came back and nobody knows the order: how much store credit is given?"
    )
    run.limits[hold.id] = None
    if await run.verdict(hold) is Verdict.REJECT:
        run.standing.tell("nothing is given for it")
        return
    gift = crediting.loose_gift(run, quantities, run.amounts[hold.id])
    run.standing.gifts[gift.key] = gift
    if await crediting.send(run, gift):
        gift.state = MoneyState.GIVEN
        run.standing.tell(f"{gift.ways.total} given")
    else:
        gift.state = MoneyState.GIVEN_UP
