"""What is sent through the real systems: samples of four channels and of trade customers, and what shoppers buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.samples.loading import Sample, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

TO_BE_CANCELLED = ("woocommerce", "authorised-card-on-hold")
"""Cancelled while the warehouse has it: recalled there, let go at the payment API, taken back in the ERP."""
DECLINED = ("canonical", "b2b-card-is-declined")

_CHOSEN: Mapping[str, tuple[str, ...]] = {
    "shopify": (
        "authorised-card-capture-on-shipment",
        "ordinary-paid-tax-inclusive",
        "line-and-order-discounts",
        "multi-currency-presentment",
        "japanese-yen-expedited-unicode",
    ),
    "amazon": (
        "v0-us-ordinary-prepaid",
        "v0-gb-prime-next-day",
        "2026-gb-gift-wrap-and-discount",
        "2026-de-prime-expedited",
    ),
    "magento": (
        "bundle-at-a-fixed-price-authorised",
        "configurable-tee-paid-by-card",
        "company-credit-with-purchase-order",
        "francs-ordered-euros-in-the-books",
    ),
    "woocommerce": (
        TO_BE_CANCELLED[1],
        "ordinary-paid",
        "bundle-with-zero-price-parts",
        "tax-inclusive-unrounded",
    ),
    "canonical": ("b2b-on-account-of-a-good-customer", DECLINED[1]),
}
"""By format, samples that no person has to decide about: prepaid and authorised, on account, five currencies, bundles,
tax in the price and on top of it."""


def samples() -> list[Sample]:
    """Read them; the formats take turns.

    Raises:
        LookupError: a sample is not there under its name any more.
    """
    wanted = {(format_, name) for format_, names in _CHOSEN.items() for name in names}
    found = [sample for sample in shipped() if (sample.format, sample.name) in wanted]
    missing = wanted - {(sample.format, sample.name) for sample in found}
    if missing:
        raise LookupError(f"no sample is called {sorted(missing)}")
    return found
