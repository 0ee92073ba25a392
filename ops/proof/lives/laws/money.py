"""The laws of money, I1 to I7: judged from what the provider, the ERP and the order's own ledger remember."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from models.ledger.checking import broken
from models.partners.notices import Audience
from models.returns.money import MoneyState
from ops.proof.lives.laws.endings import ENDED, TAKEN_BACK, ended_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.proof.lives.world.memory import MoneyWord, World


def captured_within_authorised(world: World) -> Iterator[str]:
    """I1: of each authorisation no more is captured than it set aside, and nothing once it was let go."""
    for reference, (authorised, captured, _) in _by_authorisation(world).items():
        if captured > authorised and not any(world.given_up.values()):
            yield f"{captured} captured of {authorised} under {reference}"
    let_go: set[str] = set()
    for word in world.journal.money:
        if word.verb == "void":
            let_go.add(word.authorisation)
        if word.verb == "capture" and word.authorisation in let_go:
            yield f"{word.amount} captured under {word.authorisation}, which was let go"


def refunded_within_captured(world: World) -> Iterator[str]:
    """I2: no more goes back than was taken: of each authorisation, and of each order over all ways."""
    for reference, (_, captured, refunded) in _by_authorisation(world).items():
        if refunded > captured:
            yield f"{refunded} refunded of {captured} under {reference}"
    for order_id, snapshot in world.snapshots.items():
        paid = max(snapshot.money.captured.amount, snapshot.money.invoiced.amount)
        given = snapshot.money.refunded.amount + sum(
            gift.ways.total.amount
            for returned in world.returned.values()
            if returned.order_id == order_id
            for gift in returned.money
            if gift.state in {MoneyState.SENDING, MoneyState.GIVEN, MoneyState.GIVEN_UP}
        )
        if given > paid:
            yield f"{given} given back of {paid} paid for {order_id}"


def books_balance(world: World) -> Iterator[str]:
    """I3: the postings of each entry sum to zero, and so does each order's ledger, in its one currency.

    The papers agree with them: an invoice's parts are its total, and no more is invoiced than the goods are worth.
    """
    for order_id, postings in world.postings.items():
        sums: Counter[tuple[str, int]] = Counter()
        for posting in postings:
            sums[posting.amount.currency, posting.entry] += posting.amount.amount
        for (currency, entry), rest in sums.items():
            if rest:
                yield f"{order_id}: entry {entry} is out of balance by {rest} {currency}"
    for invoice in world.journal.invoices:
        parts = sum(line.amount.amount for line in invoice.lines) + invoice.other_charges.amount
        if parts != invoice.total.amount:
            yield f"invoice {invoice.key} of {invoice.total} has parts of {parts}"


def journal_holds(world: World) -> Iterator[str]:
    """I1 to I5 once more, as the order's own ledger has them."""
    for order_id, postings in world.postings.items():
        cancelled = world.snapshots[order_id].lifecycle in TAKEN_BACK and not ended_at_once(world, order_id)
        if not world.given_up[order_id]:
            for how in broken(postings, cancelled=cancelled):
                yield f"{order_id}: {how}"


def nothing_captured_before_shipment(world: World) -> Iterator[str]:
    """I4: at each capture, what was taken by then is no more than what had left the warehouses was worth."""
    taken: Counter[str] = Counter()
    for word in world.journal.money:
        if word.verb != "capture" or world.given_up[word.order_id]:
            continue
        taken[word.order_id] += word.amount.amount
        if word.shipped is not None and taken[word.order_id] > word.shipped:
            yield f"{word.order_id}: {taken[word.order_id]} captured when {word.shipped} had been shipped"


def cancelled_costs_nothing(world: World) -> Iterator[str]:
    """I5: what was authorised for a cancelled order is let go, and what was taken is given back."""
    for order_id, snapshot in world.snapshots.items():
        if snapshot.lifecycle not in TAKEN_BACK or world.given_up[order_id]:
            continue
        voided = {word.authorisation for word in _words(world, "void", order_id)}
        for word in _words(world, "authorise", order_id):
            if word.authorisation not in voided:
                yield f"{order_id} was cancelled, and {word.authorisation} was not let go"
        taken = sum(word.amount.amount for word in _words(world, "capture", order_id))
        given = sum(word.amount.amount for word in _words(world, "refund", order_id))
        if taken != given:
            yield f"{order_id} was cancelled: {taken} captured, {given} refunded"
        held = snapshot.money.held_by_channel
        due = [
            notice.refund_due.amount
            for notice in world.journal.notices
            if notice.order_id == order_id and notice.audience is Audience.CHANNEL and notice.refund_due
        ]
        if (
            held
            and not world.orders[order_id].payment.refunded
            and sum(due) != held.amount
            and not ended_at_once(world, order_id)
        ):
            yield f"{order_id} was cancelled: the channel holds {held} and was told to give {sum(due)} back"


def one_currency(world: World) -> Iterator[str]:
    """I6: all that is said of an order's money is in its own currency."""
    journal = world.journal
    amounts = [(word.order_id, word.amount, word.verb) for word in journal.money]
    amounts += [(invoice.order_id, invoice.total, "invoice") for invoice in journal.invoices]
    amounts += [(memo.order_id, memo.total, "credit memo") for memo in journal.memos]
    amounts += [(order.order_id, order.total, "order of record") for order in journal.sales_orders.values()]
    amounts += [(notice.order_id, notice.refund_due, "notice") for notice in journal.notices if notice.refund_due]
    for order_id, amount, verb in amounts:
        if amount.currency != world.orders[order_id].currency:
            yield f"{order_id} is in {world.orders[order_id].currency}, its {verb} in {amount.currency}"


def our_money_is_theirs(world: World) -> Iterator[str]:
    """I7: what an order wrote down of its money is what the provider and the ERP remember, both ways."""
    for order_id, snapshot in world.snapshots.items():
        if world.given_up[order_id] or snapshot.lifecycle not in ENDED:
            continue
        money = snapshot.money
        held = money.held_by_channel.amount if money.held_by_channel else 0
        theirs = sum(word.amount.amount for word in _words(world, "capture", order_id))
        if money.captured.amount - held != theirs:
            yield f"{order_id}: we have {money.captured} captured ({held} by the channel), the provider {theirs}"
        invoiced = sum(invoice.total.amount for invoice in world.journal.invoices if invoice.order_id == order_id)
        if money.invoiced.amount != invoiced:
            yield f"{order_id}: we have {money.invoiced} invoiced, the ERP {invoiced}"
        gifts = [gift for one in world.returned.values() if one.order_id == order_id for gift in one.money]
        ours = sum(gift.ways.card.amount for gift in gifts if gift.state is MoneyState.GIVEN)
        refunds = sum(word.amount.amount for word in _words(world, "refund", order_id))
        if ours != refunds:
            yield f"{order_id}: we have {ours} refunded, the provider {refunds}"
        if any(gift.state is MoneyState.GIVEN_UP for gift in gifts):
            continue
        credited = sum(memo.total.amount for memo in world.journal.memos if memo.order_id == order_id)
        given = sum(gift.ways.total.amount for gift in gifts if gift.state is MoneyState.GIVEN)
        if credited != given:
            yield f"{order_id}: we gave {given}, the ERP credited {credited}"


def _words(world: World, verb: str, order_id: str) -> list[MoneyWord]:
    return [word for word in world.journal.money if word.verb == verb and word.order_id == order_id]


def _by_authorisation(world: World) -> dict[str, tuple[int, int, int]]:
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in world.journal.money:
        sums[word.authorisation][word.verb] += word.amount.amount
    return {reference: (found["authorise"], found["capture"], found["refund"]) for reference, found in sums.items()}
