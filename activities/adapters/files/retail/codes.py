"""What a wholesaler's stock codes stand for where they are no articles, and how he names countries."""

from __future__ import annotations

from enum import StrEnum

import pycountry


class FeeKind(StrEnum):
    """What a row is that sells no goods."""

    SHIPPING = "shipping"
    DISCOUNT = "discount"
    CHARGE = "charge"


FEES = {
    "POST": FeeKind.SHIPPING,
    "DOT": FeeKind.SHIPPING,
    "C2": FeeKind.SHIPPING,
    "D": FeeKind.DISCOUNT,
    "M": FeeKind.CHARGE,
    "m": FeeKind.CHARGE,
    "S": FeeKind.CHARGE,
    "B": FeeKind.CHARGE,
    "CRUK": FeeKind.CHARGE,
    "BANK CHARGES": FeeKind.CHARGE,
    "AMAZONFEE": FeeKind.CHARGE,
}
"""Postage and carriage; discounts; entries by hand, samples, bad debt, commissions, the bank's and Amazon's fees."""

_COUNTRIES = {"EIRE": "IE", "RSA": "ZA", "USA": "US", "CHANNEL ISLANDS": "JE"}


def country_code(name: str) -> str | None:
    """The ISO 3166 code of a country as the file names it; none for ``Unspecified`` or a whole continent."""
    known = _COUNTRIES.get(name.upper())
    if known is not None:
        return known
    found = pycountry.countries.get(name=name) or pycountry.countries.get(common_name=name)
    return found.alpha_2 if found else None
