"""Money is set aside once, whatever happens on the way."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from models.errors import Refused, Transient, Uncertain
from models.money import Money
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, slow
from tests.contracts.payments.asks import authorisation, eur, void


class AuthorisingContract:
    async def test_money_is_set_aside_for_the_order(self, till):
        given = await till.payments.authorise(authorisation(till.order, till.books.tokens.good, eur(2_489)))

        (paid,) = await till.books.paid(till.order)
        assert (paid.reference, paid.authorised, paid.captured) == (given.reference, eur(2_489), eur(0))
        assert given.amount == eur(2_489)
        assert paid.capturable

    async def test_it_is_known_until_when(self, till):
        given = await till.payments.authorise(authorisation(till.order, till.books.tokens.good))

        assert given.expires_at is not None

    async def test_asked_again_under_the_same_key_it_is_the_same_money(self, till):
        asked = authorisation(till.order, till.books.tokens.good)

        first = await till.payments.authorise(asked)

        assert await till.payments.authorise(asked) == first
        assert await till.afterwards.authorise(asked) == first
        assert len(await till.books.paid(till.order)) == 1

    async def test_asked_eight_times_at_once_it_is_set_aside_once(self, till):
        asked = authorisation(till.order, till.books.tokens.good)

        answers = await asyncio.gather(*(till.payments.authorise(asked) for _ in range(8)), return_exceptions=True)

        assert all(isinstance(answer, Transient) for answer in answers if isinstance(answer, BaseException))
        assert await till.payments.authorise(asked)
        assert len(await till.books.paid(till.order)) == 1

    async def test_another_key_is_another_authorisation(self, till):
        await till.payments.authorise(authorisation(till.order, till.books.tokens.good))
        await till.payments.authorise(
            authorisation(till.order, till.books.tokens.good, key=f"{till.order}/authorise~2")
        )

        assert len(await till.books.paid(till.order)) == 2

    async def test_a_key_used_for_another_amount_is_a_matter_for_a_person(self, till):
        await till.payments.authorise(authorisation(till.order, till.books.tokens.good, eur(100)))

        with pytest.raises(Uncertain):
            await till.payments.authorise(authorisation(till.order, till.books.tokens.good, eur(200)))

        assert [paid.authorised for paid in await till.books.paid(till.order)] == [eur(100)]

    @pytest.mark.parametrize("key", ["注文/認可", "👩‍🚀", "שלום", "e\u0301", 'it\'s "quoted"', "a b&c=d"])
    async def test_a_key_in_any_writing_finds_its_money_again(self, till, key):
        asked = authorisation(till.order, till.books.tokens.good, key=f"{till.order}/{key}")

        assert await till.payments.authorise(asked) == await till.afterwards.authorise(asked)
        assert len(await till.books.paid(till.order)) == 1

    @pytest.mark.parametrize(
        ("amount", "currency"), [(1, "EUR"), (100_01, "EUR"), (9_999_999, "USD"), (1_980, "JPY"), (12_340, "KWD")]
    )
    async def test_an_amount_is_the_same_to_the_minor_unit(self, till, amount, currency):
        money = Money(amount=amount, currency=currency)

        given = await till.payments.authorise(authorisation(till.order, till.books.tokens.good, money))

        assert given.amount == money
        assert [paid.authorised for paid in await till.books.paid(till.order)] == [money]

    @pytest.mark.parametrize("amount", [0, -1])
    async def test_only_a_positive_amount_can_be_set_aside(self, till, amount):
        with pytest.raises(Refused) as caught:
            await till.payments.authorise(authorisation(till.order, till.books.tokens.good, eur(amount)))

        assert caught.value.code == "invalid_amount"

    async def test_a_declined_card_is_refused_by_a_code(self, till):
        with pytest.raises(Refused) as caught:
            await till.payments.authorise(authorisation(till.order, till.books.tokens.declined))

        assert caught.value.code == "card_declined"
        assert await till.books.paid(till.order) == []

    async def test_the_banks_own_reason_is_the_code_where_it_gives_one(self, till):
        with pytest.raises(Refused) as caught:
            await till.payments.authorise(authorisation(till.order, till.books.tokens.insufficient))

        assert caught.value.code == "insufficient_funds"

    async def test_a_decline_stays_one_under_its_key_and_another_key_may_succeed(self, till):
        for _ in range(2):
            with pytest.raises(Refused):
                await till.payments.authorise(authorisation(till.order, till.books.tokens.declined))

        await till.payments.authorise(
            authorisation(till.order, till.books.tokens.good, key=f"{till.order}/authorise~2")
        )

        assert len(await till.books.paid(till.order)) == 1

    # --- the reply, the request, or the patience is lost ---------------------------------------------------------

    async def test_after_a_lost_reply_it_is_looked_up(self, till):
        asked = authorisation(till.order, till.books.tokens.good)
        till.way.faults.append(self.striking(LOST_REPLY, "authorise"))

        given = await till.payments.authorise(asked)

        assert await till.afterwards.authorise(asked) == given
        assert len(await till.books.paid(till.order)) == 1

    async def test_after_a_lost_request_it_is_asked_for_again(self, till):
        asked = authorisation(till.order, till.books.tokens.good)
        till.way.faults.append(self.striking(LOST_REQUEST, "authorise"))

        with pytest.raises(Transient):
            await till.payments.authorise(asked)

        await till.afterwards.authorise(asked)
        assert len(await till.books.paid(till.order)) == 1

    async def test_an_answer_that_comes_too_late_was_an_answer(self, till):
        asked = authorisation(till.order, till.books.tokens.good)
        till.way.faults.append(self.striking(slow(1.0), "authorise"))

        with suppress(Transient):
            await till.hasty.authorise(asked)
        # Where it had no time even to begin, the fault strikes the next adapter, which waits.
        while not (till.way.faults or till.way.sent(*self.strikes["authorise"])):
            await asyncio.sleep(0.05)

        await till.afterwards.authorise(asked)
        assert len(await till.books.paid(till.order)) == 1

    async def test_what_was_set_aside_without_our_hearing_of_it_is_let_go(self, till):
        till.way.faults += [self.striking(LOST_REPLY, "authorise"), self.striking(LOST_REQUEST, "look up")]

        with pytest.raises(Transient):
            await till.payments.authorise(authorisation(till.order, till.books.tokens.good))

        assert (await till.afterwards.void(void(till.order, None))).happened
        assert [paid.capturable for paid in await till.books.paid(till.order)] == [False]
