"""Money that is set aside is taken, let go and given back once each, and never more of it than there is."""

from __future__ import annotations

import pytest

from models.errors import Refused, Transient
from models.money import Money
from tests.contracts.between import LOST_REPLY, LOST_REQUEST
from tests.contracts.payments.asks import authorisation, capture, eur, new_order, refund, void


class MovingContract:
    @pytest.fixture
    async def given(self, till):
        """100 EUR set aside."""
        return await till.payments.authorise(authorisation(till.order, till.books.tokens.good))

    @pytest.fixture
    async def taken(self, till, given):
        """100 EUR taken."""
        await till.payments.capture(capture(till.order, given.reference, eur(10_000), final=True))
        return given

    # --- taken ------------------------------------------------------------------------------------------------

    async def test_what_a_shipment_is_worth_is_taken_once(self, till, given):
        asked = capture(till.order, given.reference, eur(4_000))

        done = await till.payments.capture(asked)

        assert await till.payments.capture(asked) == done
        assert await till.afterwards.capture(asked) == done
        assert [paid.captured for paid in await till.books.paid(till.order)] == [eur(4_000)]

    async def test_what_a_later_shipment_is_worth_is_taken_or_plainly_gone(self, till, given):
        await till.payments.capture(capture(till.order, given.reference, eur(4_000)))
        rest = capture(till.order, given.reference, eur(6_000), "2", final=True)

        if given.captures_once:
            with pytest.raises(Refused) as caught:
                await till.payments.capture(rest)
            assert caught.value.code == "authorisation_closed"
        else:
            await till.payments.capture(rest)

        (paid,) = await till.books.paid(till.order)
        assert paid.captured == (eur(4_000) if given.captures_once else eur(10_000))

    async def test_more_than_was_set_aside_is_refused(self, till, given):
        with pytest.raises(Refused) as caught:
            await till.payments.capture(capture(till.order, given.reference, eur(10_001)))

        assert caught.value.code == "beyond_authorised"
        assert [paid.captured for paid in await till.books.paid(till.order)] == [eur(0)]

    @pytest.mark.parametrize("currency", ["JPY", "KWD"])
    async def test_every_currency_is_taken_and_given_back_to_the_minor_unit(self, till, currency):
        whole, part = Money(amount=12_340, currency=currency), Money(amount=230, currency=currency)
        given = await till.payments.authorise(authorisation(till.order, till.books.tokens.good, whole))

        await till.payments.capture(capture(till.order, given.reference, whole, final=True))
        await till.payments.refund(refund(till.order, given.reference, part))

        (paid,) = await till.books.paid(till.order)
        assert (paid.captured, paid.refunded) == (whole, part)

    # --- let go -----------------------------------------------------------------------------------------------

    async def test_an_authorisation_is_let_go_once_and_for_all(self, till, given):
        assert (await till.payments.void(void(till.order, given.reference))).happened
        assert (await till.afterwards.void(void(till.order, given.reference))).happened
        assert [paid.capturable for paid in await till.books.paid(till.order)] == [False]

        with pytest.raises(Refused) as caught:
            await till.payments.capture(capture(till.order, given.reference, eur(1)))
        assert caught.value.code == "authorisation_closed"

    async def test_without_its_number_it_is_found_by_its_key(self, till, given):
        assert (await till.payments.void(void(till.order, None))).happened
        assert [paid.capturable for paid in await till.books.paid(till.order)] == [False]
        assert given.reference

    async def test_what_never_was_cannot_be_let_go(self, till):
        assert not (await till.payments.void(void(till.order, None))).happened

    async def test_what_was_declined_leaves_nothing_to_let_go(self, till):
        with pytest.raises(Refused):
            await till.payments.authorise(authorisation(till.order, till.books.tokens.declined))

        assert not (await till.payments.void(void(till.order, None))).happened

    async def test_what_is_taken_cannot_be_let_go(self, till, taken):
        with pytest.raises(Refused) as caught:
            await till.payments.void(void(till.order, taken.reference))

        assert caught.value.code == "already_captured"

    # --- given back -------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("reason", ["it came back", "返品されました 👟", "הוחזר", "cafe\u0301", "x" * 500])
    async def test_a_part_is_given_back_once(self, till, taken, reason):
        asked = refund(till.order, taken.reference, eur(1_500), reason=reason)

        done = await till.payments.refund(asked)

        assert await till.payments.refund(asked) == done
        assert await till.afterwards.refund(asked) == done
        (paid,) = await till.books.paid(till.order)
        assert (paid.refunded, paid.refunds) == (eur(1_500), 1)

    async def test_part_by_part_all_of_it_is_given_back_and_no_more(self, till, taken):
        await till.payments.refund(refund(till.order, taken.reference, eur(4_000), "1"))
        await till.payments.refund(refund(till.order, taken.reference, eur(6_000), "2"))

        with pytest.raises(Refused) as caught:
            await till.payments.refund(refund(till.order, taken.reference, eur(1), "3"))

        assert caught.value.code == "beyond_captured"
        assert [paid.refunded for paid in await till.books.paid(till.order)] == [eur(10_000)]

    async def test_more_than_is_left_is_not_given_back(self, till, taken):
        await till.payments.refund(refund(till.order, taken.reference, eur(4_000), "1"))

        with pytest.raises(Refused) as caught:
            await till.payments.refund(refund(till.order, taken.reference, eur(6_001), "2"))

        assert caught.value.code == "beyond_captured"
        assert [paid.refunded for paid in await till.books.paid(till.order)] == [eur(4_000)]

    # --- whose it is ------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("deed", ["capture", "refund"])
    async def test_another_orders_money_is_not_moved(self, till, taken, deed):
        stranger = new_order()
        ask = {"capture": capture, "refund": refund}[deed](stranger, taken.reference, eur(1))

        with pytest.raises(Refused) as caught:
            await getattr(till.payments, deed)(ask)

        assert caught.value.code == "unknown_authorisation"
        assert [paid.refunded for paid in await till.books.paid(till.order)] == [eur(0)]

    @pytest.mark.parametrize("deed", ["capture", "refund"])
    @pytest.mark.parametrize(
        ("amount", "code"), [(Money(amount=1, currency="USD"), "wrong_currency"), (eur(0), "invalid_amount")]
    )
    async def test_no_other_currency_and_nothing_at_all_is_moved(self, till, taken, deed, amount, code):
        ask = {"capture": capture, "refund": refund}[deed](till.order, taken.reference, amount, "2")

        with pytest.raises(Refused) as caught:
            await getattr(till.payments, deed)(ask)

        assert caught.value.code == code

    # --- the reply or the request is lost ---------------------------------------------------------------------

    @pytest.mark.parametrize("deed", ["capture", "refund"])
    async def test_after_a_lost_reply_it_is_looked_up(self, till, given, deed):
        ask = await self._ready(till, given, deed)
        till.way.faults.append(self.striking(LOST_REPLY, deed))

        done = await getattr(till.payments, deed)(ask)

        assert await getattr(till.afterwards, deed)(ask) == done
        (paid,) = await till.books.paid(till.order)
        assert (paid.captured, paid.refunds) == (eur(10_000), int(deed == "refund"))

    @pytest.mark.parametrize("deed", ["capture", "refund"])
    async def test_after_a_lost_request_it_is_asked_for_again(self, till, given, deed):
        ask = await self._ready(till, given, deed)
        till.way.faults.append(self.striking(LOST_REQUEST, deed))

        with pytest.raises(Transient):
            await getattr(till.payments, deed)(ask)
        await getattr(till.afterwards, deed)(ask)

        (paid,) = await till.books.paid(till.order)
        assert (paid.captured, paid.refunds) == (eur(10_000), int(deed == "refund"))

    async def test_a_void_whose_reply_is_lost_has_happened(self, till, given):
        till.way.faults.append(self.striking(LOST_REPLY, "void"))
        asked = void(till.order, given.reference)

        try:
            undone = await till.payments.void(asked)
        except Transient:
            undone = await till.afterwards.void(asked)

        assert undone.happened
        assert [paid.capturable for paid in await till.books.paid(till.order)] == [False]

    async def _ready(self, till, given, deed):
        taking = capture(till.order, given.reference, eur(10_000), final=True)
        if deed == "capture":
            return taking
        await till.payments.capture(taking)
        return refund(till.order, given.reference, eur(2_500))
