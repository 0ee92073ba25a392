"""Making a change that everybody has agreed to, and taking back one that somebody has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.payments import PaymentActivities
from models.changes.progress import Party
from models.changes.shifting import give_back, grow
from models.money import Money
from models.partners.payments import Void
from models.states.changing import AnswerState, ChangeState
from workflows.asking import Manner
from workflows.changing.shelves import difference, leave_out, pieces_in, without
from workflows.changing.warehouses import goes_out_again, let_label_go
from workflows.ordering import telling
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.partners.payments import AuthorisationRequest
    from workflows.changing.change import Change
    from workflows.changing.deal import Deal
    from workflows.changing.shelves import Freed
    from workflows.changing.talks import NoDeal, Talks
    from workflows.ordering.run import Run


async def make(run: Run, change: Change, deal: Deal) -> None:
    """Make the change in our own books, have what was stopped go out again, and tell the customer once."""
    before, after = deal.total_before(), deal.total_after(run)
    run.change_order(deal.order)
    if deal.assessment is not None:
        run.judged(deal.assessment)
    if deal.line_id is not None and deal.more:
        grow(run.standing.goods, deal.line_id, deal.more)
    left_out = dict(deal.drop)
    units = deal.units(run)
    # What waits for stock is left out first, then what nobody was asked to send, then what a warehouse has stopped.
    freed = leave_out(run, left_out)
    for stopped in deal.stopped:
        kept = without(stopped.left, left_out)
        gone = difference(pieces_in(stopped.left), pieces_in(kept))
        give_back(run.standing.goods, gone)
        freed.append((stopped.consignment.reservation_key, gone))
        goes_out_again(run, stopped, kept, change.id)
    run.standing.goods.cancelled(deal.drop)
    if deal.reserved:
        run.stock.note(change.id)
        run.stock.add(change.id, deal.reserved, firm=False)
    if deal.authorisation is not None:
        _set_aside(run, deal)
    await _give_back(run, change, freed)
    due = _due_back(run, before, after)
    change.note(units=units, total_before=before, total_after=after, refund_due=due or None)
    answered = [answer.party.value for answer in change.progress.answers]
    change.settle(ChangeState.CONFIRMED, answered[-1])
    run.promises.reckon(f"{change.id} was made")
    telling.changed(run, change.id, change.request.reason, due)
    await run.desk.show()
    for stopped in deal.stopped:
        await let_label_go(run, stopped, "the order was changed")


async def _give_back(run: Run, change: Change, freed: list[Freed]) -> None:
    """Give back to our ledger what nobody wants any more."""
    for number, (key, pieces) in enumerate(freed, start=1):
        if pieces:
            await run.stock.free(pieces, key, run.key("free", f"{change.id}-{number}"), change.id)


async def take_back(run: Run, talks: Talks, no: NoDeal) -> None:
    """Undo what was done for the change, the last first, and say who did not agree, and why."""
    change = talks.change
    await talks.undoing.run()
    for answer in change.progress.answers:
        if answer.state in {AnswerState.ASKED, AnswerState.CONFIRMED} and answer.party is not Party.POLICY:
            change.hears(answer.party, AnswerState.UNDONE)
    change.settle(no.state, no.by, no.reason)
    await run.desk.show()


def _due_back(run: Run, before: Money, after: Money) -> Money:
    """What the channel holds beyond what the order costs now, and is to give back for this change."""
    account = run.standing.account
    fall, beyond = before - after, account.left_for_open - after
    due = min(fall, beyond, key=lambda money: money.amount)
    if due.amount <= 0:
        return Money.zero(before.currency)
    account.return_held(due)
    return due


def _set_aside(run: Run, deal: Deal) -> None:
    if deal.authorisation is None:
        return
    request, answer = deal.authorisation
    account = run.standing.account
    made = account.authorise(
        request.amount,
        key=request.key,
        reference=answer.reference,
        token=request.token,
        expires_at=answer.expires_at,
    )

    async def let_go() -> str:
        if made.ended:
            return "it had run out"
        manner = Manner(Partner.PAYMENT, f"let the authorisation of {request.amount} go", may_give_up=True)
        undone = await run.ask(PaymentActivities.void, _void(run, request, answer.reference), manner)
        account.void(made)
        return "voided" if undone.happened else "there was none"

    run.undoing.note("void the further payment authorisation", let_go)
    run.standing.references.setdefault("authorisation", answer.reference)
    run.standing.tell(f"{request.amount} more authorised", actor=Partner.PAYMENT.value)


def _void(run: Run, request: AuthorisationRequest, reference: str) -> Void:
    return Void(key=request.key, order_id=run.order.id, authorisation=reference, reason="the order was cancelled")
