"""What is left to do at a Vendure shop follows from what it knows: each step once, the money where it is."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from activities.adapters.storefront.references import marked
from activities.adapters.vendure.shop import questions
from activities.adapters.vendure.shop.standing import Standing
from activities.adapters.vendure.shop.steps import Shop, left_to_do
from activities.adapters.vendure.shop.telling import tell
from models.errors import Refused
from models.money import Money
from models.partners.channels import ChannelCancellation, ChannelFulfilment, ChannelLine, ChannelRefund

SHOP = Shop("the shop", 2, frozenset({"card-token"}))
OF = {"order_id": "order:vendure:AB12", "channel": "vendure", "external_id": "AB12"}
MUGS = ChannelLine(line_id="1", sku="MUG", quantity=2)


def standing(state="PaymentAuthorized", paid="Authorized", method="card-token", **changes):
    """Three mugs for 30.00 EUR."""
    payment = {"id": "7", "method": method, "amount": 3000, "state": paid, "refunds": changes.pop("refunds", [])}
    known = {
        "id": "12",
        "code": "AB12",
        "state": state,
        "currencyCode": "EUR",
        "totalWithTax": 3000,
        "lines": [{"id": "1", "quantity": 3}],
        "payments": [payment],
        "fulfillments": [],
        "history": {"items": []},
    }
    return Standing.model_validate(known | changes)


def parcel():
    at = datetime(2026, 11, 21, tzinfo=UTC)
    said = {"shipment_id": "S-1", "node": "berlin", "carrier": "DHL", "tracking_number": "JD1"}
    return ChannelFulfilment(key="k-parcel", lines=(MUGS,), shipped_at=at, **said, **OF)


def cancellation(*, whole=False):
    return ChannelCancellation(key="k-cancel", lines=(MUGS,), whole=whole, reason="sold out", **OF)


def refund(amount=1000, *, held=False, currency="EUR"):
    money = Money(amount=amount, currency=currency)
    return ChannelRefund(key="k-refund", amount=money, held_by_channel=held, reason="returned", **OF)


def sent(state="Pending", tracking="JD1", quantity=2):
    return [
        {"id": "5", "state": state, "trackingCode": tracking, "lines": [{"orderLineId": "1", "quantity": quantity}]}
    ]


def written(kind, field, text, key):
    return {"items": [{"id": "40", "type": kind, "data": {field: marked(text, key, 255)}}]}


class TestParcels:
    def test_money_is_settled_before_the_first_one(self):
        step = left_to_do(SHOP, standing(), parcel())

        assert (step.mutation, step.variables) == (questions.SETTLE, {"id": "7"})

    def test_then_it_is_written_with_carrier_number_and_goods(self):
        step = left_to_do(SHOP, standing("PaymentSettled", "Settled"), parcel())

        assert step.mutation == questions.FULFIL
        assert step.variables["input"] == {
            "lines": [{"orderLineId": "1", "quantity": 2}],
            "handler": {
                "code": "manual-fulfillment",
                "arguments": [{"name": "method", "value": "DHL"}, {"name": "trackingCode", "value": "JD1"}],
            },
        }

    def test_then_it_is_sent_off(self):
        step = left_to_do(SHOP, standing("PaymentSettled", "Settled", fulfillments=sent()), parcel())

        assert (step.mutation, step.variables) == (questions.SHIP, {"id": "5"})

    @pytest.mark.parametrize("state", ["Shipped", "Delivered"])
    def test_then_nothing_is_left(self, state):
        assert left_to_do(SHOP, standing("Shipped", "Settled", fulfillments=sent(state)), parcel()) == "5"

    def test_what_was_cancelled_before_money_was_settled_is_noted_as_never_taken(self):
        shipped = standing("Shipped", "Settled", fulfillments=sent("Shipped"), totalWithTax=2000)

        step = left_to_do(SHOP, shipped, parcel())

        assert step.mutation == questions.REFUND
        assert step.variables["input"]["amount"] == 1000
        noted = [{"id": "9", "total": 1000, "state": "Settled", "reason": step.variables["input"]["reason"]}]
        after = standing("Shipped", "Settled", fulfillments=sent("Shipped"), totalWithTax=2000, refunds=noted)
        assert left_to_do(SHOP, after, parcel()) == "5"

    def test_one_the_shop_has_taken_back_is_written_again(self):
        step = left_to_do(SHOP, standing("PaymentSettled", "Settled", fulfillments=sent("Cancelled")), parcel())

        assert step.mutation == questions.FULFIL


class TestCancellations:
    def test_a_part_is_cancelled_by_line(self):
        step = left_to_do(SHOP, standing(), cancellation())

        assert step.mutation == questions.CANCEL
        assert step.variables["input"]["lines"] == [{"orderLineId": "1", "quantity": 2}]
        assert "cancelShipping" not in step.variables["input"]

    def test_what_the_shop_has_cancelled_or_sent_itself_is_left_out(self):
        step = left_to_do(SHOP, standing(fulfillments=sent(tracking="X", quantity=2)), cancellation())

        assert step.variables["input"]["lines"] == [{"orderLineId": "1", "quantity": 1}]
        assert left_to_do(SHOP, standing(lines=[{"id": "1", "quantity": 0}]), cancellation()) == "12"

    def test_the_whole_order_goes_with_its_shipping(self):
        step = left_to_do(SHOP, standing(), cancellation(whole=True))

        assert step.variables["input"]["cancelShipping"] is True
        assert "lines" not in step.variables["input"]

    def test_then_what_was_set_aside_is_let_go(self):
        known = written("ORDER_CANCELLATION", "reason", "sold out", "k-cancel")
        step = left_to_do(SHOP, standing("Cancelled", history=known), cancellation(whole=True))

        assert (step.mutation, step.variables) == (questions.RELEASE, {"id": "7"})

    def test_then_nothing_is_left(self):
        known = written("ORDER_CANCELLATION", "reason", "sold out", "k-cancel")

        assert left_to_do(SHOP, standing("Cancelled", "Cancelled", history=known), cancellation(whole=True)) == "40"

    def test_what_was_settled_and_never_taken_is_noted_as_given_back(self):
        known = written("ORDER_CANCELLATION", "reason", "sold out", "k-cancel")
        step = left_to_do(
            SHOP, standing("PartiallyShipped", "Settled", history=known, totalWithTax=1000), cancellation()
        )

        assert step.mutation == questions.REFUND
        assert (step.variables["input"]["amount"], step.variables["input"]["paymentId"]) == (2000, "7")

    def test_what_the_shop_has_taken_itself_is_given_back_only_when_told(self):
        known = written("ORDER_CANCELLATION", "reason", "sold out", "k-cancel")
        at_shop = standing("PaymentSettled", "Settled", method="paypal", history=known, totalWithTax=1000)

        assert left_to_do(SHOP, at_shop, cancellation()) == "40"


class TestRefunds:
    def test_the_shop_gives_back_what_it_holds(self):
        step = left_to_do(SHOP, standing("Shipped", "Settled", method="paypal"), refund(held=True))

        assert step.mutation == questions.REFUND
        assert step.variables["input"]["amount"] == 1000

    def test_what_we_gave_back_of_a_card_token_is_written_down_as_given_back(self):
        assert left_to_do(SHOP, standing("Shipped", "Settled"), refund()).mutation == questions.REFUND

    def test_what_we_gave_back_of_another_payment_is_a_note_that_moves_nothing(self):
        step = left_to_do(SHOP, standing("Shipped", "Settled", method="paypal"), refund())

        assert step.mutation == questions.NOTE
        assert step.variables["input"]["note"].startswith("10.00 EUR given back: returned")
        assert step.variables["input"]["isPublic"] is False

    def test_a_note_that_is_there_is_not_written_again(self):
        known = written("ORDER_NOTE", "note", "10.00 EUR given back: returned", "k-refund")

        assert left_to_do(SHOP, standing("Shipped", "Settled", method="paypal", history=known), refund()) == "40"

    def test_what_went_back_under_the_key_does_not_go_back_again(self):
        gone = [{"id": "9", "total": 1000, "state": "Settled", "reason": marked("returned", "k-refund", 255)}]

        assert left_to_do(SHOP, standing("Shipped", "Settled", refunds=gone), refund()) == "9"

    def test_a_refund_that_failed_is_none(self):
        gone = [{"id": "9", "total": 1000, "state": "Failed", "reason": marked("returned", "k-refund", 255)}]

        assert left_to_do(SHOP, standing("Shipped", "Settled", refunds=gone), refund()).mutation == questions.REFUND

    def test_two_payments_bear_it_together(self):
        payments = [
            {"id": "7", "method": "voucher", "amount": 400, "state": "Settled", "refunds": []},
            {"id": "8", "method": "paypal", "amount": 2600, "state": "Settled", "refunds": []},
        ]
        first = left_to_do(SHOP, standing("Shipped", payments=payments), refund(held=True))
        assert (first.variables["input"]["paymentId"], first.variables["input"]["amount"]) == ("7", 400)

        payments[0]["refunds"] = [
            {"id": "9", "total": 400, "state": "Pending", "reason": marked("returned", "k-refund", 255)}
        ]
        second = left_to_do(SHOP, standing("Shipped", payments=payments), refund(held=True))
        assert (second.variables["input"]["paymentId"], second.variables["input"]["amount"]) == ("8", 600)

    @pytest.mark.parametrize(
        ("at_shop", "told"),
        [
            (standing("Shipped", "Settled", method="paypal"), refund(3001, held=True)),
            (standing("PaymentAuthorized", "Authorized"), refund(held=True)),
            (standing("Shipped", "Settled"), refund(currency="JPY")),
        ],
        ids=["more than was paid", "not taken yet", "another currency"],
    )
    def test_what_cannot_go_back_is_refused(self, at_shop, told):
        with pytest.raises(Refused):
            left_to_do(SHOP, at_shop, told)

    def test_parts_the_shop_does_not_keep_are_refused(self):
        dinars = standing("Shipped", "Settled", currencyCode="KWD")

        with pytest.raises(Refused, match="keeps 2 decimals"):
            left_to_do(SHOP, dinars, refund(1001, currency="KWD"))
        assert left_to_do(SHOP, dinars, refund(1010, currency="KWD")).variables["input"]["amount"] == 101


def test_reasons_fit_vendures_column_and_keep_their_mark():
    long = refund().model_copy(update={"reason": "説" * 400})

    step = left_to_do(SHOP, standing("Shipped", "Settled"), long)

    assert len(step.variables["input"]["reason"]) <= 255
    gone = [{"id": "9", "total": 1000, "state": "Settled", "reason": step.variables["input"]["reason"]}]
    assert left_to_do(SHOP, standing("Shipped", "Settled", refunds=gone), long) == "9"


class AnotherIsQuicker:
    """A shop that does not let a parcel leave twice, told of it by somebody else between our look and our word."""

    partner = "the shop"
    options = SimpleNamespace(token_methods=["card-token"])

    def __init__(self, after: str) -> None:
        self.looks = iter(("Pending", after, after))

    async def read(self, _model, _question, *, code):
        found = standing("PaymentSettled", "Settled", code=code, fulfillments=sent(next(self.looks)))
        return SimpleNamespace(orders=SimpleNamespace(items=[found]), precision=2)

    async def do(self, mutation, **_variables):
        assert mutation == questions.SHIP
        raise Refused(self.partner, "from Shipped to Shipped", code="FULFILLMENT_STATE_TRANSITION_ERROR")


async def test_a_step_somebody_else_has_just_taken_is_taken():
    assert (await tell(AnotherIsQuicker("Shipped"), parcel())).reference == "5"


async def test_a_step_that_nobody_took_is_refused():
    with pytest.raises(Refused, match="from Shipped"):
        await tell(AnotherIsQuicker("Pending"), parcel())
