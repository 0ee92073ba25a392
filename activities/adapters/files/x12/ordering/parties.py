"""Who orders, who pays, where it goes: the N1 loops of an 850.

One order goes to one place. A party that is named again, in the head or under a line, has to be the same one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.files.x12.faults import BAD_CODE, UNEXPECTED_SEGMENT, Fault, element_fault
from activities.adapters.storefront import text
from activities.adapters.storefront.address import country
from models.order.parties import Address, Customer, CustomerKind
from models.strict_json import field_errors

if TYPE_CHECKING:
    from activities.adapters.files.x12.segments import Segment

_BUYER, _BILL_TO, _SHIP_TO = "BY", "BT", "ST"
_US, _CANADA = "US", "CA"
_PROVINCES = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])
"""N404 may be left out in the United States and in Canada, whose regions have different codes."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._~-]+")


@dataclass
class Party:
    """One N1 loop."""

    position: int
    name: Segment
    more: str = ""
    """N2: the rest of the name, or to whose attention."""
    lines: list[str] = field(default_factory=list)
    town: tuple[int, Segment] | None = None

    @property
    def said(self) -> tuple[object, ...]:
        """What tells it apart from another."""
        town = self.town[1].elements if self.town else ()
        return (self.name.at(2), self.name.at(3), self.name.at(4), self.more, tuple(self.lines), town)

    def is_again(self, known: Party) -> bool:
        """Whether it names a party that is known: by all that is said of it, or by the number alone."""
        by_number = self.name.at(4) and not self.lines and not self.town
        same_number = (self.name.at(3), self.name.at(4)) == (known.name.at(3), known.name.at(4))
        return bool(by_number and same_number) or self.said == known.said


class Parties:
    """The parties of one order, by their codes: BY buyer, BT bill-to, ST ship-to."""

    def __init__(self) -> None:
        """Begin with none."""
        self._all: list[Party] = []

    def read(self, position: int, segment: Segment) -> None:
        """Take an N1, N2, N3 or N4; raises `Fault` where no N1 has opened the loop."""
        if segment.name == "N1":
            self._all.append(Party(position, segment))
            return
        if not self._all:
            message = f"{segment.name} stands before any N1"
            raise Fault(message, segment=segment.name, position=position, segment_code=UNEXPECTED_SEGMENT)
        party = self._all[-1]
        if segment.name == "N4":
            party.town = (position, segment)
            return
        told = [line for line in (segment.at(1), segment.at(2)) if line]
        if segment.name == "N2":
            party.more = " ".join(told)
        else:
            party.lines += told

    def customer(self, sender: str) -> Customer:
        """The buyer; by his own number where the order has it, else by the sender's."""
        buyer = self._only(_BUYER)
        number = buyer.name.at(4) if buyer is not None else ""
        spelt = _UNSAFE.sub("-", number or sender).strip("._~-")
        name = text.line(buyer.name.at(2)) if buyer is not None else None
        return Customer(id=spelt or None, kind=CustomerKind.COMPANY, name=name)

    def bill_to(self) -> Address | None:
        """Who pays; raises `Fault` for an address that makes no sense, or for two of them."""
        return _address(self._only(_BILL_TO))

    def ship_to(self) -> Address | None:
        """Where it goes; raises `Fault` as `bill_to` does."""
        return _address(self._only(_SHIP_TO))

    def place_by_number(self) -> str | None:
        """Where it goes, where the buyer names the place only: for a person who knows the number."""
        party = self._only(_SHIP_TO)
        return None if party is None or party.town else text.line(party.name.at(2), party.name.at(4))

    def _only(self, code: str) -> Party | None:
        found = [party for party in self._all if party.name.at(1) == code]
        for party in found[1:]:
            if not party.is_again(found[0]):
                message = f"names another {code} than the N1 at {found[0].position}: one order has one of them"
                raise element_fault(party.name, party.position, 2, BAD_CODE, message)
        return found[0] if found else None


def _address(party: Party | None) -> Address | None:
    if party is None or party.town is None:
        return None
    position, town = party.town
    lines = tuple(line for each in party.lines if (line := text.line(each)) is not None)
    try:
        return Address(
            name=text.line(party.more),
            company=text.line(party.name.at(2)),
            lines=lines[:4],
            city=text.line(town.at(1)),
            region=text.line(town.at(2)),
            postal_code=text.line(town.at(3)),
            country=_country(town),
        )
    except ValidationError as error:
        wrong = field_errors(error)[0]
        element = {"city": 1, "region": 2, "postal_code": 3, "country": 4}.get(wrong.pointer.split("/")[1], 0)
        raise element_fault(town, position, element, BAD_CODE, wrong.message) from error


def _country(town: Segment) -> str:
    given = town.at(4)
    if not given:
        return _CANADA if town.at(2).upper() in _PROVINCES else _US
    return country(given) or given
