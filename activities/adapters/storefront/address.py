"""Postal addresses, with countries by code or by name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pycountry

from activities.adapters.storefront import text
from models.errors import InvalidInput
from models.order.parties import Address

if TYPE_CHECKING:
    from collections.abc import Sequence

_POSTAL_CODE = 20
# What shops and shoppers write although ISO 3166 has another code or name.
_ALIASES = {
    "UK": "GB",
    "EL": "GR",
    "GREAT BRITAIN": "GB",
    "ENGLAND": "GB",
    "SCOTLAND": "GB",
    "WALES": "GB",
    "SOUTH KOREA": "KR",
    "RUSSIA": "RU",
    "CZECH REPUBLIC": "CZ",
    "TURKEY": "TR",
    "USA": "US",
    "DEUTSCHLAND": "DE",
    "ÖSTERREICH": "AT",
    "SCHWEIZ": "CH",
}


@lru_cache(maxsize=512)
def country(*candidates: str | None) -> str | None:
    """The first candidate, code or name, that is a country: its ISO 3166-1 alpha-2 code."""
    for candidate in candidates:
        name = (text.line(candidate) or "").upper()
        if not name:
            continue
        if name in _ALIASES:
            return _ALIASES[name]
        try:
            return str(pycountry.countries.lookup(name).alpha_2)
        except LookupError:
            continue
    return None


def address(  # noqa: PLR0913 - a postal address has this many parts
    *,
    at: str,
    name: str | None,
    company: str | None,
    street: Sequence[str | None],
    city: str | None,
    region: str | None,
    postal_code: str | None,
    countries: Sequence[str | None],
    phone: str | None,
    required: bool,
) -> Address | None:
    """Build an address; none where the shop gives nothing of it.

    `at` points to the address in the payload; `countries` are the code and then the name. An address that is required
    and has a street or a town must name its country; another is left out without one.

    Raises:
        InvalidInput: required, and no country can be told.
    """
    lines = tuple(found for each in street if (found := text.line(each)) is not None)[:4]
    code = country(*countries)
    if code is None:
        if required and (lines or text.line(city, postal_code)):
            given = text.line(*countries[:1]) or text.line(*countries[1:])
            saying = f"{given!r} is no country we know" if given else "the address names no country"
            raise InvalidInput.at(at, "country", saying)
        return None
    post = text.line(postal_code)
    return Address(
        name=text.line(name),
        company=text.line(company),
        lines=lines,
        city=text.line(city),
        region=text.line(region),
        postal_code=post if post and len(post) <= _POSTAL_CODE else None,
        country=code,
        phone=text.phone(phone),
    )
