"""What goes wrong with a payment provider, in our four words: try again, wait, refused, ask a person."""

from __future__ import annotations

import pytest

from activities.adapters.partners import Closing
from models.errors import Transient, Unavailable
from tests.contracts.between import answering
from tests.contracts.payments.asks import authorisation, capture, eur, refund, void

_HTML = b"<!doctype html><title>Oops</title>"


class TroubleContract:
    @pytest.fixture(params=["authorise", "capture", "void", "refund"])
    async def deed(self, till, request):
        """Each of the four things that are asked of a provider: its name, and how an adapter is asked for it."""
        name = request.param
        if name == "authorise":
            ask = authorisation(till.order, till.books.tokens.good)
        else:
            given = await till.payments.authorise(authorisation(till.order, till.books.tokens.good))
            if name == "refund":
                await till.payments.capture(capture(till.order, given.reference, eur(10_000), final=True))
            ask = {
                "capture": capture(till.order, given.reference, eur(10_000), final=True),
                "void": void(till.order, given.reference),
                "refund": refund(till.order, given.reference, eur(10_000)),
            }[name]
        return name, ask

    async def test_a_provider_that_is_not_there_is_waited_for(self, deed):
        name, ask = deed
        payments = self.make("http://127.0.0.1:1", 2.0)

        with pytest.raises(Unavailable):
            await getattr(payments, name)(ask)

        if isinstance(payments, Closing):
            await payments.close()

    @pytest.mark.parametrize("status", [429, 503])
    async def test_a_provider_that_asks_for_a_pause_gets_it(self, till, deed, status):
        name, ask = deed
        till.way.faults.append(self.striking(answering(status, _HTML, Retry_After="7"), name))

        with pytest.raises(Unavailable) as caught:
            await getattr(till.payments, name)(ask)

        assert caught.value.retry_after_s == 7

    @pytest.mark.parametrize("status", [401, 403])
    async def test_where_we_are_not_let_in_orders_wait(self, till, deed, status):
        name, ask = deed
        till.way.faults.append(self.striking(answering(status, _HTML), name))

        with pytest.raises(Unavailable):
            await getattr(till.payments, name)(ask)

    @pytest.mark.parametrize(
        ("status", "body"), [(500, _HTML), (502, b""), (200, _HTML), (200, b'{"id": "pi_'), (200, b"{}"), (302, b"")]
    )
    async def test_what_makes_no_sense_is_not_believed_and_happens_once(self, till, deed, status, body):
        name, ask = deed
        till.way.faults.append(self.striking(answering(status, body), name))

        with pytest.raises(Transient):
            await getattr(till.payments, name)(ask)
        await getattr(till.afterwards, name)(ask)

        (paid,) = await till.books.paid(till.order)
        assert paid.refunds == int(name == "refund")
        assert paid.captured == (eur(10_000) if name in {"capture", "refund"} else eur(0))
        assert paid.capturable == (name == "authorise")
