"""A promise warns before it is missed, is told when it changes for good, and is measured when the goods are there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.policy.promises import keeping
from models.policy.promises.keeping import Progress, Wishes
from models.promises.promise import PromiseState
from tests.promises.promise_dates.promised import RULES, at, promised

BEGINS = at("2026-11-17T09:00")  # it leaves by the 17th at 15:00, and is there by the 19th at 19:00
SHIPPED = Progress(all_shipped=True)


def begun(wishes=Wishes()):  # noqa: B008 - a value
    return keeping.begun(wishes, [promised(BEGINS)], BEGINS, "as it was reserved")


def renewed(promise, begins, now):
    return keeping.renewed(promise, [promised(begins, now=now)], now, "supply is late")


def judged(promise, when, progress=Progress()):  # noqa: B008 - a value
    return keeping.judged(RULES, promise, progress, at(when))


def test_the_customer_goes_by_our_date_unless_the_channel_gave_him_one():
    assert begun().deliver_by == at("2026-11-19T19:00")
    theirs = begun(Wishes(deliver_by=at("2026-11-30T12:00"), ship_by=at("2026-11-18T12:00")))
    assert (theirs.deliver_by, theirs.ship_by) == (at("2026-11-30T12:00"), at("2026-11-18T12:00"))
    assert theirs.first_deliver_by == at("2026-11-19T19:00")


def test_a_channels_date_that_we_cannot_meet_is_news_for_the_customer():
    assert keeping.matters(RULES, begun(Wishes(deliver_by=at("2026-11-18T12:00"))))
    assert not keeping.matters(RULES, begun())


@pytest.mark.parametrize(
    ("when", "progress", "state"),
    [
        ("2026-11-17T09:01", Progress(), PromiseState.ON_TRACK),
        # Half of the time it has to leave: a date that is close from the start does not warn of itself.
        ("2026-11-17T11:59", Progress(), PromiseState.ON_TRACK),
        ("2026-11-17T12:00", Progress(), PromiseState.AT_RISK),
        ("2026-11-17T12:00", SHIPPED, PromiseState.ON_TRACK),
        ("2026-11-18T18:59", SHIPPED, PromiseState.ON_TRACK),
        ("2026-11-18T19:00", SHIPPED, PromiseState.AT_RISK),
        ("2026-11-18T19:00", Progress(all_shipped=True, nearly_there=True), PromiseState.ON_TRACK),
        ("2026-11-19T18:59", SHIPPED, PromiseState.AT_RISK),
        ("2026-11-19T19:00", SHIPPED, PromiseState.MISSED),
        ("2026-11-17T16:00", Progress(all_shipped=True, lost=True), PromiseState.AT_RISK),
    ],
)
def test_it_warns_before_it_is_missed(when, progress, state):
    promise = judged(begun(), when, progress)
    assert promise.state is state
    assert (promise.risk is None) == (state is PromiseState.ON_TRACK)


def test_it_is_looked_at_just_when_that_may_change():
    promise, looks, now = begun(), [], BEGINS
    while (look := keeping.next_look(RULES, promise, Progress(), now)) is not None:
        looks.append(look)
        now = look
    assert looks == [
        at("2026-11-17T12:00"),
        at("2026-11-17T15:00"),
        at("2026-11-18T19:00"),
        at("2026-11-19T19:00"),
    ]
    assert keeping.next_look(RULES, promise, SHIPPED, BEGINS) == at("2026-11-18T19:00")


def test_another_day_is_another_version_and_another_hour_is_not():
    promise = begun()
    same = renewed(promise, BEGINS + timedelta(hours=1), BEGINS + timedelta(hours=1))
    assert same.version == 1
    later = renewed(promise, at("2026-12-01T09:00"), BEGINS)
    assert (later.version, later.reason, len(later.changes)) == (2, "supply is late", 2)
    assert renewed(later, at("2026-12-01T10:00"), BEGINS).version == 2


def test_a_change_is_told_once_and_then_only_if_it_changes_again():
    later = renewed(begun(), at("2026-12-01T09:00"), BEGINS)
    assert judged(later, "2026-11-17T10:00").state is PromiseState.AT_RISK
    assert keeping.matters(RULES, later)
    told = keeping.told(later, BEGINS)
    assert not keeping.matters(RULES, told)
    assert judged(told, "2026-11-17T10:00").state is PromiseState.ON_TRACK
    assert keeping.matters(RULES, renewed(told, at("2026-12-07T09:00"), BEGINS))


def test_small_delays_and_early_arrivals_are_no_news_unless_policy_says_so():
    patient = RULES.model_copy(update={"tell_from_days": 3})
    a_day = renewed(begun(), BEGINS + timedelta(days=1), BEGINS)
    assert keeping.matters(RULES, a_day)
    assert not keeping.matters(patient, a_day)
    early = renewed(begun(Wishes(deliver_by=at("2026-12-10T12:00"))), BEGINS + timedelta(days=1), BEGINS)
    assert not keeping.matters(RULES, early)
    assert keeping.matters(RULES.model_copy(update={"tell_earlier_from_days": 7}), early)


def test_a_date_that_nobody_knew_is_news_once_it_is_known():
    unknown = keeping.begun(Wishes(), [promised(None)], BEGINS, "nothing is there")
    assert not keeping.matters(RULES, unknown)
    assert judged(unknown, "2026-11-17T10:00").risk == "nobody knows when it comes"
    known = renewed(unknown, at("2026-12-01T09:00"), BEGINS)
    assert keeping.matters(RULES, known)
    assert known.first_deliver_by == known.deliver.latest


def delivered(when):
    return Progress(all_shipped=True, delivered_at=at(when))


def test_it_is_kept_if_it_was_there_in_time_even_where_word_of_it_comes_late():
    kept = judged(begun(), "2026-11-19T08:00", delivered("2026-11-19T07:00"))
    assert (kept.state, kept.kept_first) == (PromiseState.KEPT, True)
    missed = judged(begun(), "2026-11-19T20:00", SHIPPED)
    assert judged(missed, "2026-11-20T09:00", delivered("2026-11-19T18:00")).state is PromiseState.KEPT
    assert judged(missed, "2026-11-20T09:00", delivered("2026-11-20T08:00")).state is PromiseState.MISSED


def test_a_later_date_told_in_time_can_be_kept_while_the_first_one_was_not():
    told = keeping.told(renewed(begun(), at("2026-12-01T09:00"), BEGINS), BEGINS)
    kept = judged(told, "2026-12-03T10:00", delivered("2026-12-03T09:00"))
    assert (kept.state, kept.kept_first) == (PromiseState.KEPT, False)


def test_a_date_told_once_it_was_missed_does_not_make_it_kept():
    missed = judged(begun(), "2026-11-19T20:00", SHIPPED)
    told = keeping.told(renewed(missed, at("2026-12-01T09:00"), at("2026-11-19T20:00")), at("2026-11-19T20:00"))
    assert judged(told, "2026-11-20T09:00").state is PromiseState.MISSED
    assert judged(told, "2026-12-03T09:00", delivered("2026-12-02T09:00")).state is PromiseState.MISSED


def test_an_order_that_ends_promises_nothing_more():
    assert keeping.ended(begun(), Progress()).state is PromiseState.WITHDRAWN
    assert keeping.ended(begun(), Progress(all_shipped=True, lost=True)).state is PromiseState.MISSED
    kept = judged(begun(), "2026-11-19T08:00", delivered("2026-11-19T07:00"))
    assert keeping.ended(kept, SHIPPED) == kept
    assert keeping.next_look(RULES, kept, SHIPPED, BEGINS) is None
