"""What the partners say yes and no to, as an order would meet it."""

from __future__ import annotations

import asyncio

import pytest

from activities.adapters.partners import Partners
from models.errors import Refused, Transient
from models.money import Money
from models.order.parties import Customer
from models.partners.asking import Undo
from models.partners.erp import CreditEnquiry, ItemEnquiry
from models.partners.payments import Refund, Void
from tests.promises.partners.asks import (
    authorisation,
    booking,
    capture,
    credit_memo,
    eur,
    invoice,
    new_order,
    notice,
    release,
    sales_order,
)
from tests.promises.partners.sandbox import SandboxProcess

Services = dict[str, SandboxProcess]


def _undo(order_id: str, key: str) -> Undo:
    return Undo(key=key, order_id=order_id, reason="Kunde möchte nicht mehr")


async def _refused(code: str, awaitable: object) -> None:
    with pytest.raises(Refused) as caught:
        await awaitable  # type: ignore[misc] # any of the ports' verbs
    assert caught.value.code == code


# --- the ERP


async def test_the_catalogue_is_read_page_by_page(partners: Partners):
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = await partners.erp.catalogue(cursor)
        found += [item.sku for item in page.items]
        cursor, pages = page.next_cursor, pages + 1
    assert pages > 1
    assert len(found) == len(set(found)) == 26


async def test_known_articles_are_found_with_what_is_special_about_them_and_unknown_ones_left_out(partners: Partners):
    skus = ("MED-KIT", "GIFTSET-DESK", "WARRANTY-2Y", "PAINT-5L", "GHOST-404")
    items = {item.sku: item for item in (await partners.erp.items(ItemEnquiry(skus=skus))).items}
    assert set(items) == set(skus) - {"GHOST-404"}
    assert items["MED-KIT"].regulated == "medical device"
    assert [(part.sku, part.quantity) for part in items["GIFTSET-DESK"].components] == [
        ("LAMP-OAK", 1),
        ("NOTEBOOK-A5", 2),
        ("PEN-GEL", 3),
    ]
    assert not items["WARRANTY-2Y"].stocked
    assert items["PAINT-5L"].barred_countries == ("CH",)


@pytest.mark.parametrize(
    ("customer", "limit", "exposure", "standing"),
    [
        ("ACME-100", 5_000_000, 0, "open"),
        ("BRICKS-200", 100_000, 90_000, "open"),
        ("GONE-300", 2_000_000, 0, "blocked"),
        ("NOBODY-1", 0, 0, "unknown"),
    ],
)
async def test_an_account_stands_where_the_erp_says(
    partners: Partners, customer: str, limit: int, exposure: int, standing: str
):
    answer = await partners.erp.credit(CreditEnquiry(customer_id=customer, amount=eur(100)))
    assert (answer.limit, answer.exposure) == (eur(limit), eur(exposure))
    assert (answer.known, answer.blocked) == (standing != "unknown", standing == "blocked")


async def test_credit_is_answered_in_the_currency_asked_or_refused(partners: Partners):
    yen = await partners.erp.credit(CreditEnquiry(customer_id="ACME-100", amount=Money(amount=1, currency="JPY")))
    assert yen.limit == Money(amount=8_000_000, currency="JPY")
    asked = CreditEnquiry(customer_id="ACME-100", amount=Money(amount=1, currency="XAU"))
    await _refused("currency_not_supported", partners.erp.credit(asked))


async def test_an_order_for_an_unknown_article_is_refused_and_stays_so_under_its_key(partners: Partners):
    order = sales_order(new_order(), sku="GHOST-404")
    await _refused("unknown_item", partners.erp.create_order(order))
    await _refused("unknown_item", partners.erp.create_order(order))


async def test_no_more_is_invoiced_than_was_ordered(partners: Partners):
    order_id = new_order()
    await _refused("unknown_order", partners.erp.post_invoice(invoice(order_id, "SO-999999", part="0")))
    number = (await partners.erp.create_order(sales_order(order_id, quantity=2))).reference
    await partners.erp.post_invoice(invoice(order_id, number, part="1"))
    await partners.erp.post_invoice(invoice(order_id, number, part="2"))
    await _refused("beyond_ordered", partners.erp.post_invoice(invoice(order_id, number, part="3")))


async def test_an_invoice_must_add_up_to_the_minor_unit(partners: Partners):
    order_id = new_order()
    number = (await partners.erp.create_order(sales_order(order_id))).reference
    wrong = invoice(order_id, number).model_copy(update={"total": eur(2490)})
    await _refused("total_mismatch", partners.erp.post_invoice(wrong))


# --- undoing, at every partner


async def test_undoing_twice_is_undone_once(partners: Partners, services: Services):
    order_id = new_order()
    order, label, money = sales_order(order_id), booking(order_id), authorisation(order_id)
    await partners.erp.create_order(order)
    await partners.carriers.book(label)
    await partners.payments.authorise(money)
    for _ in range(2):
        assert (await partners.erp.cancel_order(_undo(order_id, order.key))).happened
        assert (await partners.carriers.void(_undo(order_id, label.key))).happened
        assert (await partners.payments.void(Void(key=money.key, order_id=order_id, reason="void"))).happened
    for service, key in (("erp", order.key), ("carrier", label.key), ("payment", money.key)):
        assert len(services[service].effects(key)) == 2, "the deed and one undoing"


async def test_what_never_happened_is_said_to_and_cannot_happen_afterwards(partners: Partners):
    order_id = new_order()
    order, label, goods, money = sales_order(order_id), booking(order_id), release(order_id), authorisation(order_id)
    assert not (await partners.erp.cancel_order(_undo(order_id, order.key))).happened
    assert not (await partners.carriers.void(_undo(order_id, label.key))).happened
    assert not (await partners.warehouse.recall(_undo(order_id, goods.key))).happened
    assert not (await partners.payments.void(Void(key=money.key, order_id=order_id, reason="void"))).happened
    # A request that was on its way longer than its undoing.
    await _refused("undone_before", partners.erp.create_order(order))
    await _refused("undone_before", partners.carriers.book(label))
    await _refused("undone_before", partners.warehouse.release(goods))
    await _refused("undone_before", partners.payments.authorise(money))


async def test_an_undoing_whose_reply_is_lost_is_asked_again_and_answers_the_same(
    partners: Partners, services: Services
):
    order_id = new_order()
    order = sales_order(order_id)
    await partners.erp.create_order(order)
    with services["erp"].dialled(fail_next=["drop_after"]), pytest.raises(Transient):
        await partners.erp.cancel_order(_undo(order_id, order.key))
    assert (await partners.erp.cancel_order(_undo(order_id, order.key))).happened
    assert len(services["erp"].effects(order.key)) == 2


# --- money


@pytest.mark.parametrize(
    ("token", "code"), [("tok_declined", "card_declined"), ("tok_insufficient", "insufficient_funds")]
)
async def test_a_declined_card_is_a_refusal_with_the_providers_code(partners: Partners, token: str, code: str):
    await _refused(code, partners.payments.authorise(authorisation(new_order(), token=token)))


@pytest.mark.parametrize(("amount", "currency"), [(1, "EUR"), (123_456_789_012, "JPY"), (1_234_567, "KWD")])
async def test_money_is_set_aside_to_the_minor_unit(partners: Partners, services: Services, amount: int, currency: str):
    order_id = new_order()
    answer = await partners.payments.authorise(authorisation(order_id, amount, currency=currency))
    assert answer.amount == Money(amount=amount, currency=currency)
    [logged] = services["payment"].get("/money", order_id=order_id)["money"]
    assert (logged["authorised"], logged["currency"]) == (amount, currency)


async def test_no_more_is_captured_than_authorised_nor_refunded_than_captured(partners: Partners, services: Services):
    order_id = new_order()
    reference = (await partners.payments.authorise(authorisation(order_id, 2489))).reference
    await partners.payments.capture(capture(order_id, reference, 2000, "1"))
    await _refused("beyond_authorised", partners.payments.capture(capture(order_id, reference, 490, "2")))
    await partners.payments.capture(capture(order_id, reference, 489, "3"))
    back = Refund(key=f"{order_id}/refund", order_id=order_id, authorisation=reference, amount=eur(2490), reason="r")
    await _refused("beyond_captured", partners.payments.refund(back))
    await partners.payments.refund(back.model_copy(update={"key": f"{back.key}~2", "amount": eur(2489)}))
    [logged] = services["payment"].get("/money", order_id=order_id)["money"]
    assert (logged["authorised"], logged["captured"], logged["refunded"]) == (2489, 2489, 2489)


async def test_nothing_is_captured_from_an_authorisation_that_was_let_go(partners: Partners):
    order_id = new_order()
    asked = authorisation(order_id)
    reference = (await partners.payments.authorise(asked)).reference
    await partners.payments.void(Void(key=asked.key, order_id=order_id, authorisation=reference, reason="r"))
    await _refused("authorisation_closed", partners.payments.capture(capture(order_id, reference, 1)))


async def test_simultaneous_captures_cannot_take_more_than_was_set_aside(partners: Partners, services: Services):
    order_id = new_order()
    reference = (await partners.payments.authorise(authorisation(order_id, 1000))).reference
    asked = [partners.payments.capture(capture(order_id, reference, 300, str(n))) for n in range(8)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, Refused) for answer in answers) == 5
    assert services["payment"].get("/money", order_id=order_id)["money"][0]["captured"] == 900


# --- the warehouse and the notices


async def test_the_warehouse_counts_its_shelves_and_refuses_what_it_does_not_keep(partners: Partners):
    counts = {(count.node, count.sku): count.quantity for count in await partners.warehouse.counts()}
    assert counts["berlin", "SCARCE-VASE"] + counts["rotterdam", "SCARCE-VASE"] == 3
    assert not [sku for _, sku in counts if sku in {"GIFTSET-DESK", "WARRANTY-2Y", "GIFT-CARD-50"}]
    await _refused("unknown_item", partners.warehouse.release(release(new_order(), sku="WARRANTY-2Y")))


async def test_a_release_can_be_recalled_until_it_has_been_shipped(partners: Partners, services: Services):
    early, late = release(new_order()), release(new_order())
    with services["wms"].dialled(pick_delay_ms=60_000):
        await partners.warehouse.release(early)
    assert (await partners.warehouse.recall(_undo(early.order_id, early.key))).recalled
    before = await partners.warehouse.counts()
    with services["wms"].dialled(pick_delay_ms=0):
        await partners.warehouse.release(late)
        while await partners.warehouse.counts() == before:
            await asyncio.sleep(0.02)
    answer = await partners.warehouse.recall(_undo(late.order_id, late.key))
    assert (answer.recalled, answer.happened) == (False, True)


async def test_a_message_can_be_read_where_it_was_sent(partners: Partners, services: Services):
    sent = notice(new_order())
    reference = (await partners.notices.send(sent)).reference
    [message] = services["notification"].get("/messages", order_id=sent.order_id)["messages"]
    assert message == {"reference": reference} | sent.model_dump(mode="json")


async def test_no_more_is_credited_than_was_invoiced_and_the_sum_must_be_right(partners: Partners) -> None:
    order_id = new_order()
    reference = (await partners.erp.create_order(sales_order(order_id))).reference
    await _refused("beyond_invoiced", partners.erp.credit_memo(credit_memo(order_id, reference, part="early")))
    await partners.erp.post_invoice(invoice(order_id, reference))

    wrong = credit_memo(order_id, reference, part="wrong").model_copy(update={"total": eur(2489)})
    await _refused("total_mismatch", partners.erp.credit_memo(wrong))
    await _refused("unknown_order", partners.erp.credit_memo(credit_memo(order_id, "SO-none", part="none")))
    assert (await partners.erp.credit_memo(credit_memo(order_id, reference))).reference.startswith("CM-")
    await _refused("beyond_invoiced", partners.erp.credit_memo(credit_memo(order_id, reference, part="2")))
    loose = credit_memo(order_id, None, part="3")
    assert (await partners.erp.credit_memo(loose)).reference.startswith("CM-")


async def test_an_order_on_account_takes_from_the_limit_until_it_is_invoiced_or_cancelled(partners: Partners):
    async def exposure() -> int:
        answer = await partners.erp.credit(CreditEnquiry(customer_id="BRICKS-200", amount=eur(1)))
        return answer.exposure.amount

    customer = Customer(id="BRICKS-200")
    first, second = (sales_order(new_order()).model_copy(update={"customer": customer}) for _ in range(2))
    made = await partners.erp.create_order(first)
    await partners.erp.create_order(second)
    assert await exposure() == 90_000 + 2 * 2489

    await partners.erp.cancel_order(Undo(key=second.key, order_id=second.order_id, reason="changed her mind"))
    assert await exposure() == 90_000 + 2489
    await partners.erp.post_invoice(invoice(first.order_id, made.reference))
    assert await exposure() == 90_000
