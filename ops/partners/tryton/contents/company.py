"""The company whose books Tryton keeps: its currencies, the countries it sends to, itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pycountry

from models.money import exponent

if TYPE_CHECKING:
    from ops.partners.tryton.server.rpc import Rpc
    from ops.sandbox.goods import Goods

BEGINNING = date(2020, 1, 1)
"""Since when rates have been as they are."""


def make_company(rpc: Rpc, goods: Goods) -> int:
    """Write countries and currencies, found the company, and have the user work in it; answers its id."""
    rpc.call("country.country", "create", [_country(one) for one in pycountry.countries])
    rates = {goods.currency: Decimal(1), **goods.rates}
    own, *_ = [_currency(rpc, code, rate) for code, rate in rates.items()]
    home = rpc.one("country.country", where=[["code", "=", goods.nodes[0].country or "DE"]])["id"]
    address = {"street": "Warenweg 1", "city": "Berlin", "postal_code": "10115", "country": home}
    party = rpc.new("party.party", name="Orderloom samples", addresses=[["create", [address]]])
    company = rpc.new("company.company", party=party, currency=own)
    rpc.write("res.user", rpc.user, companies=[["add", [company]]], company=company)
    rpc.look_again()
    return company


def _country(country: pycountry.db.Country) -> dict[str, str]:
    return {"name": country.name, "code": country.alpha_2, "code3": country.alpha_3, "code_numeric": country.numeric}


def _currency(rpc: Rpc, code: str, rate: Decimal) -> int:
    known = pycountry.currencies.get(alpha_3=code)
    return rpc.new(
        "currency.currency",
        name=known.name if known else code,
        code=code,
        symbol=code,
        digits=exponent(code),
        rounding=Decimal(1).scaleb(-exponent(code)),
        rates=[["create", [{"date": BEGINNING, "rate": rate}]]],
    )
