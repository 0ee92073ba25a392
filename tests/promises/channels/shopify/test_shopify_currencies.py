"""What a Shopify order means to us: which of two currencies counts."""

from __future__ import annotations


def test_the_customers_currency_counts_and_the_books_are_kept(read, line, both):
    document = read(
        presentment_currency="GBP",
        line_items=[line(price_set=both("10.00", "8.40"))],
        total_price_set=both("20.00", "16.80"),
    )
    assert str(document.total) == "16.80 GBP"
    assert str(document.base_total) == "20.00 EUR"


def test_an_amount_given_in_the_shops_currency_alone_brings_all_back_to_it(read, both):
    document = read(presentment_currency="GBP", total_price_set=both("20.00", "16.80"))
    assert str(document.total) == "20.00 EUR"
    assert document.base_total is None


def test_a_refund_in_the_shops_currency_is_turned_into_the_customers(read, line, both):
    document = read(
        presentment_currency="GBP",
        financial_status="partially_refunded",
        line_items=[line(price_set=both("10.00", "8.40"))],
        total_price_set=both("20.00", "16.80"),
        refunds=[{"transactions": [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "EUR"}]}],
    )
    assert str(document.payment.refunded) == "8.40 GBP"
