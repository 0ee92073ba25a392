"""What the proof with real systems calls a disagreement."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from ops.proof.partners.agreement import Papers, disagreements
from ops.proof.partners.books import erp_papers, warehouse_papers
from ops.proof.partners.money import money_differences
from ops.proof.partners.orders import DECLINED, TO_BE_CANCELLED, samples

ID = "order:shopify:1"
OURS = Papers(
    sales=1,
    parcels=2,
    invoices=Counter({("EUR", 1190): 1, ("EUR", 595): 1}),
    credits=Counter({("EUR", 595): 1}),
    moved=Counter({"MUG": 3}),
)
SHELVES = Papers(parcels=2, moved=Counter({"MUG": 3}))


def test_books_that_say_the_same_agree():
    assert disagreements({ID: OURS}, {ID: OURS}, {ID: SHELVES}) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sales": 2}, "sales: ours are 1, theirs 2"),
        ({"parcels": 1}, "parcels in the ERP: ours are 2, theirs 1"),
        ({"invoices": Counter({("EUR", 1785): 1})}, "posted invoices"),
        ({"invoices": Counter({("EUR", 1190): 2, ("EUR", 595): 1})}, "posted invoices"),
        ({"credits": Counter()}, "credit notes"),
        ({"credits": Counter({("USD", 595): 1})}, "credit notes"),
        ({"moved": Counter({"MUG": 6})}, "stock moves in the ERP"),
    ],
)
def test_whatever_the_erp_has_otherwise_is_said(change: dict[str, object], said: str):
    [found] = disagreements({ID: OURS}, {ID: replace(OURS, **change)}, {ID: SHELVES})

    assert found.startswith(f"{ID}: {said}")


def test_a_warehouse_that_never_heard_of_it_differs_in_parcels_and_moves():
    found = disagreements({ID: OURS}, {ID: OURS}, {})

    assert [sentence.split(": ")[1] for sentence in found] == [
        "parcels in the warehouse",
        "stock moves in the warehouse",
    ]


def test_money_is_compared_currency_by_currency():
    ours = Counter({"EUR": 1785, "JPY": 500}), Counter({"EUR": 595})
    theirs = Counter({"EUR": 1785}), Counter({"EUR": 596})

    assert money_differences(ours, theirs) == [
        "captures in JPY: ours are 500, the payment API's 0",
        "refunds in EUR: ours are 595, the payment API's 596",
    ]


def test_the_chosen_samples_are_of_four_channels_and_have_one_to_cancel_and_one_to_decline():
    chosen = {(sample.format, sample.name) for sample in samples()}

    assert {TO_BE_CANCELLED, DECLINED} <= chosen
    assert {format_ for format_, _ in chosen} == {"shopify", "amazon", "magento", "woocommerce", "canonical"}


class Tryton:
    """Answers as an administrator's session does, from tables."""

    def __init__(self, **tables: list[dict[str, object]]) -> None:
        self.tables = tables

    def all(self, model: str, *_fields: str, **_how: object) -> list[dict[str, object]]:
        return self.tables.get(model.replace(".", "_"), [])


def test_trytons_papers_are_read_by_order_and_those_of_a_return_are_its_orders():
    done = {"id": 7, "reference": f"{ID}/invoice/S1"}
    rpc = Tryton(
        sale_sale=[{"id": 1, "reference": f"{ID}/erp-order"}, {"id": 2, "reference": "order:b2b:amended/erp-order"}],
        sale_line=[{"id": 1, "sale": 1}],
        stock_location=[{"id": 9}],
        product_product=[{"id": 3, "code": "MUG"}],
        stock_shipment_out=[done],
        stock_move=[{"id": 1, "shipment": "stock.shipment.out,7", "product": 3, "internal_quantity": 2.0}],
        stock_package=[{"id": 1, "shipment": "stock.shipment.out,7"}],
        currency_currency=[{"id": 5, "code": "JPY"}],
        account_invoice=[
            {"id": 1, "reference": f"{ID}/invoice/S1", "total_amount": 500, "currency": 5},
            {"id": 3, "reference": f"{ID}/invoice/S2", "total_amount": 0, "currency": 5},
            {"id": 2, "reference": "return:shopify:1:1/credit-memo", "total_amount": -200, "currency": 5},
        ],
    )

    assert erp_papers(rpc, [ID, "order:b2b:amended"]) == {
        ID: Papers(1, 1, Counter({("JPY", 500): 1}), Counter({("JPY", 200): 1}), Counter(MUG=2)),
        "order:b2b:amended": Papers(),
    }
    assert warehouse_papers(rpc, [ID]) == {ID: Papers(parcels=1, moved=Counter(MUG=2))}
