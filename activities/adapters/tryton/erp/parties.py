"""The customer as Tryton's books have him: found by his number, or written down when he first orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.wire import Read
from models.errors import Refused

if TYPE_CHECKING:
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values
    from models.order.parties import Address, Customer

_PARTY, _ADDRESS = "party.party", "party.address"
_NOWHERE = "(not told)"


class _Country(Read):
    code: str | None


class _Address(Read):
    party_name: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: _Country | None


class _Party(Read):
    addresses: list[_Address]


class Parties:
    """Customers and their addresses."""

    def __init__(self, rest: Rest) -> None:
        """Keep them in this database."""
        self._rest = rest
        self._countries: dict[str, int] = {}

    async def customer(self, customer: Customer, order_id: str) -> int:
        """Find the customer by his number, or write him down; a guest has his order's id for a number.

        Tryton keeps each party's code once, so that of two orders at the same moment one writes him down.
        """
        code = customer.id or order_id
        found = await self._rest.first(_PARTY, Read, [["code", "=", code]])
        if found is not None:
            return found.id
        contacts = {"email": customer.email, "phone": customer.phone}
        values: Values = {
            "code": code,
            "name": customer.name or code,
            "contact_mechanisms": [
                ["create", [{"type": kind, "value": told}]] for kind, told in contacts.items() if told
            ],
        }
        try:
            return (await self._rest.create(_PARTY, Read, values)).id
        except Refused:
            found = await self._rest.first(_PARTY, Read, [["code", "=", code]])
            if found is None and values.pop("contact_mechanisms"):
                # Tryton checks addresses and numbers by rules of its own; an order does not wait for that.
                return (await self._rest.create(_PARTY, Read, values)).id
            if found is None:
                raise
            return found.id

    async def address(self, party: int, address: Address | None) -> int:
        """Find one of a customer's addresses, or write it down."""
        known = await self._rest.get(_PARTY, _Party, party)
        wanted = _written(address)
        for one in known.addresses if known else ():
            if _read(one) == wanted:
                return one.id
        name, street, postal_code, city, country = wanted
        values: Values = {
            "party": party,
            "party_name": name,
            "street": street,
            "postal_code": postal_code,
            "city": city,
            "country": await self._country(country) if country else None,
        }
        return (await self._rest.create(_ADDRESS, Read, values)).id

    async def _country(self, code: str) -> int:
        if code not in self._countries:
            found = await self._rest.first("country.country", Read, [["code", "=", code]])
            if found is None:
                raise Refused(self._rest.partner, f"has no country {code}", code="unknown_country")
            self._countries[code] = found.id
        return self._countries[code]


def _written(address: Address | None) -> tuple[str, str, str, str, str]:
    if address is None:
        return "", _NOWHERE, "", "", ""
    name = " / ".join(part for part in (address.company, address.name) if part)
    city = ", ".join(part for part in (address.city, address.region) if part)
    return name, "\n".join(address.lines), address.postal_code or "", city, address.country


def _read(address: _Address) -> tuple[str, str, str, str, str]:
    country = address.country.code if address.country else ""
    return (
        address.party_name or "",
        address.street or "",
        address.postal_code or "",
        address.city or "",
        country or "",
    )
