"""What every adapter to an ERP passes, the sandbox's included.

A subclass brings an `erp` fixture, which makes a `Stand`; what a system cannot do it names in `exceptions`, with the
reason, and the test says so.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import ClassVar

import pytest

from models.errors import PartnerError, Refused, Transient, Trouble, Uncertain
from models.partners.asking import Undo
from models.partners.erp import (
    CreditEnquiry,
    Invoice,
)
from models.partners.purchasing import DropShipOrder, SupplierLine
from models.partners.transfers import PurchaseRequisition
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Fault, answering, on, slow
from tests.contracts.erp_asks import (
    ABROAD,
    Stand,
    at_last,
    change,
    euro,
    invoice,
    invoiced,
    memo,
    numbers,
    order,
    refusal,
    undo,
)
from tests.contracts.erp_books import BooksContract

_HTML = b"<!doctype html><title>Oops</title><h1>Internal Server Error</h1>"


class ErpContract(BooksContract):
    """The tests; each makes an order of its own, so that they may run on one ERP in any order."""

    exceptions: ClassVar[dict[str, str]] = {}
    """What the system cannot do: the test's name, and why."""

    @pytest.fixture(autouse=True)
    def _excepted(self, request: pytest.FixtureRequest) -> None:
        reason = self.exceptions.get(request.function.__name__)
        if reason is not None:
            pytest.skip(f"a documented exception: {reason}")

    # --- effects are there once ----------------------------------------------------------------------------------

    @pytest.mark.parametrize("fault", [None, LOST_REPLY, LOST_REQUEST], ids=["well", "the reply", "the request"])
    async def test_an_order_is_there_once_whatever_is_lost(self, erp: Stand, fault: Fault | None):
        asked = order()
        if fault is not None:
            erp.way.faults.append(on(fault, *erp.making["order"]))
        done = await at_last(lambda: erp.adapter.create_order(asked))
        assert not erp.way.faults
        assert await erp.adapter.create_order(asked) == done
        assert await erp.books.orders(asked.key) == [asked.total]

    async def test_an_order_asked_for_by_several_at_once_is_there_once(self, erp: Stand):
        asked = order()
        answers = await asyncio.gather(*(at_last(lambda: erp.adapter.create_order(asked)) for _ in range(3)))
        assert len(set(answers)) == 1
        assert await erp.books.orders(asked.key) == [asked.total]

    async def test_an_answer_that_comes_too_late_leaves_one_order(self, erp: Stand):
        asked = order()
        erp.way.faults.append(on(slow(1.5), *erp.making["order"]))
        with suppress(Transient):
            await erp.hasty.create_order(asked)
        done = await at_last(lambda: erp.adapter.create_order(asked))
        assert await erp.adapter.create_order(asked) == done
        assert await erp.books.orders(asked.key) == [asked.total]

    async def test_another_order_under_the_same_key_is_for_a_person(self, erp: Stand):
        asked, other = order(), order(("MUG-BLUE", 1, 100, 19))
        await erp.adapter.create_order(asked)
        with pytest.raises(Uncertain):
            await erp.adapter.create_order(other.model_copy(update={"key": asked.key, "order_id": asked.order_id}))
        assert await erp.books.orders(asked.key) == [asked.total]

    @pytest.mark.parametrize("fault", [None, LOST_REPLY, LOST_REQUEST], ids=["well", "the reply", "the request"])
    async def test_an_invoice_is_there_once_whatever_is_lost(self, erp: Stand, fault: Fault | None):
        sold = order()
        asked = invoice(sold, (await erp.adapter.create_order(sold)).reference)
        if fault is not None:
            erp.way.faults.append(on(fault, *erp.making["invoice"]))
        done = await at_last(lambda: erp.adapter.post_invoice(asked))
        assert not erp.way.faults
        assert await erp.adapter.post_invoice(asked) == done
        assert await erp.books.invoices(asked.key) == [asked.total]

    async def test_an_invoice_asked_for_by_several_at_once_is_there_once(self, erp: Stand):
        sold = order()
        asked = invoice(sold, (await erp.adapter.create_order(sold)).reference)
        answers = await asyncio.gather(*(at_last(lambda: erp.adapter.post_invoice(asked)) for _ in range(2)))
        assert len(set(answers)) == 1
        assert await erp.books.invoices(asked.key) == [asked.total]

    @pytest.mark.parametrize("fault", [None, LOST_REPLY], ids=["well", "the reply"])
    async def test_a_credit_note_is_there_once_whatever_is_lost(self, erp: Stand, fault: Fault | None):
        sold, number = await invoiced(erp)
        asked = memo(sold, number, 397)
        if fault is not None:
            erp.way.faults.append(on(fault, *erp.making["memo"]))
        done = await at_last(lambda: erp.adapter.credit_memo(asked))
        assert await erp.adapter.credit_memo(asked) == done
        assert await erp.books.memos(asked.key) == [euro(397)]

    @pytest.mark.parametrize("fault", [LOST_REPLY, LOST_REQUEST], ids=["the reply", "the request"])
    async def test_a_requisition_is_there_once_whatever_is_lost(self, erp: Stand, fault: Fault):
        key = f"supply/{order().order_id}"
        asked = PurchaseRequisition(key=key, sku="MUG-BLUE", quantity=24, node="berlin", reason="zu wenig da")
        erp.way.faults.append(on(fault, *erp.making["requisition"]))
        done = await at_last(lambda: erp.adapter.requisition(asked))
        assert await erp.adapter.requisition(asked) == done
        assert done.reference
        assert await erp.books.purchases(key) == 1

    async def test_a_drop_shipment_is_ordered_once_and_taken_back(self, erp: Stand):
        sold = order(("SAUNA-BARREL", 1, 100_000, 19_000))
        number = (await erp.adapter.create_order(sold)).reference
        asked = DropShipOrder(
            key=f"{sold.order_id}/drop-ship/1",
            order_id=sold.order_id,
            sales_order=number,
            supplier="nordic-direct",
            lines=(SupplierLine(line_id="L1", sku="SAUNA-BARREL", quantity=1),),
            ship_to=ABROAD,
        )
        erp.way.faults.append(on(LOST_REPLY, *erp.making["drop_ship"]))
        done = await at_last(lambda: erp.adapter.order_drop_ship(asked))
        assert await erp.adapter.order_drop_ship(asked) == done
        assert await erp.books.purchases(asked.key) == 1
        back = Undo(key=asked.key, order_id=asked.order_id, reason="the customer changed his mind")
        for _ in range(2):
            assert (await erp.adapter.cancel_drop_ship(back)).happened
        assert await erp.books.purchases(asked.key) == 0
        never = back.model_copy(update={"key": f"{asked.key}-never"})
        assert not (await erp.adapter.cancel_drop_ship(never)).happened

    # --- what goes wrong has one of four meanings ----------------------------------------------------------------

    @pytest.mark.parametrize(
        ("fault", "kind", "wait_s"),
        [
            (answering(503, Retry_After="7"), Trouble.WAIT, 7.0),
            (answering(429, Retry_After="9"), Trouble.WAIT, 9.0),
            (answering(401, _HTML), Trouble.WAIT, None),
            (answering(500, _HTML), Trouble.RETRY, None),
            (answering(502, _HTML), Trouble.RETRY, None),
            (answering(200, b'{"known": tru'), Trouble.RETRY, None),
            (answering(200, _HTML), Trouble.RETRY, None),
            (answering(302, Location="https://elsewhere.example"), Trouble.RETRY, None),
            (answering(400, _HTML), Trouble.ASK, None),
            (LOST_REPLY, Trouble.RETRY, None),
        ],
        ids=["down", "throttled", "not let in", "500", "502", "cut", "a page", "elsewhere", "senseless", "lost"],
    )
    async def test_an_error_says_what_follows(self, erp: Stand, fault: Fault, kind: Trouble, wait_s: float | None):
        erp.way.faults.append(fault)
        with pytest.raises(PartnerError) as caught:
            await erp.adapter.credit(CreditEnquiry(customer_id="ACME-100", amount=euro(100)))
        assert (caught.value.kind, caught.value.retry_after_s) == (kind, wait_s)

    async def test_an_unknown_article_is_refused_and_leaves_nothing(self, erp: Stand):
        asked = order(("NO-SUCH-THING", 1, 100, 19))
        with pytest.raises(Refused, match="NO-SUCH-THING") as refused:
            await erp.adapter.create_order(asked)
        assert refused.value.code == "unknown_item"
        assert await erp.books.orders(asked.key) == []

    async def test_an_invoice_that_does_not_fit_its_order_is_refused_and_leaves_nothing(self, erp: Stand):
        sold = order()
        number = (await erp.adapter.create_order(sold)).reference
        fits = invoice(sold, number)
        [first, *rest] = fits.lines
        post = erp.adapter.post_invoice

        def but(**changed: object) -> Invoice:
            return fits.model_copy(update={"key": f"{fits.key}-{len(changed)}-{next(numbers)}", **changed})

        beyond = (first.model_copy(update={"quantity": 4}), *rest)
        strange = (first.model_copy(update={"line_id": "L9"}), *rest)
        assert await refusal(post(but(lines=strange))) == "unknown_line"
        assert await refusal(post(but(lines=beyond))) == "beyond_ordered"
        assert await refusal(post(but(total=fits.total + euro(1)))) == "total_mismatch"
        assert await refusal(post(but(total=euro(fits.total.amount, "USD")))) == "wrong_currency"
        assert await refusal(post(but(sales_order="NO-SUCH-ORDER"))) == "unknown_order"
        assert await erp.books.invoices(fits.key) == []
        await post(fits)
        assert await refusal(post(but())) == "beyond_ordered"

    async def test_no_more_is_credited_than_was_invoiced(self, erp: Stand):
        sold, number = await invoiced(erp)
        asked = memo(sold, number, 1590, quantity=4)
        assert await refusal(erp.adapter.credit_memo(asked)) == "beyond_invoiced"
        assert await erp.books.memos(asked.key) == []
        wrong = memo(sold, number, 397).model_copy(update={"total": euro(398)})
        assert await refusal(erp.adapter.credit_memo(wrong)) == "total_mismatch"

    # --- changing and cancelling ---------------------------------------------------------------------------------

    async def test_an_order_is_changed_by_the_newest_change(self, erp: Stand):
        sold = order()
        number = (await erp.adapter.create_order(sold)).reference
        newer, older = change(sold, number, 2, (2, 667, 127)), change(sold, number, 1, (1, 333, 63))
        done = await at_last(lambda: erp.adapter.change_order(newer))
        assert await erp.adapter.change_order(older) == done
        assert await erp.adapter.change_order(newer) == done
        rest = invoice(sold, number, quantities={"L1": 2})
        one_too_many = invoice(sold, number, quantities={"L1": 3}).model_copy(update={"key": f"{rest.key}-more"})
        assert await refusal(erp.adapter.post_invoice(one_too_many)) == "beyond_ordered"
        await erp.adapter.post_invoice(rest)
        assert await erp.books.invoices(rest.key) == [rest.total]

    async def test_an_order_is_cancelled_once_and_for_all(self, erp: Stand):
        sold = order()
        number = (await erp.adapter.create_order(sold)).reference
        for _ in range(2):
            assert (await at_last(lambda: erp.adapter.cancel_order(undo(sold)))).happened
        assert await erp.books.orders(sold.key) == []
        assert await refusal(erp.adapter.post_invoice(invoice(sold, number))) == "order_cancelled"
        assert not (await erp.adapter.cancel_order(undo(order()))).happened

    async def test_an_order_that_was_invoiced_is_not_cancelled(self, erp: Stand):
        sold, _ = await invoiced(erp)
        assert await refusal(erp.adapter.cancel_order(undo(sold))) == "already_invoiced"
        assert await erp.books.orders(sold.key) == [sold.total]
