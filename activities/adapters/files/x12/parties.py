"""Who orders, who pays, where it goes: the N1 loops of an 850."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.files.x12.faults import BAD_CODE, UNEXPECTED_SEGMENT, Fault, element_fault
from models.order.parties import Address, Customer, CustomerKind
from models.strict_json import field_errors

if TYPE_CHECKING:
    from activities.adapters.files.x12.segments import Segment

_DEFAULT_COUNTRY = "US"
_UNSAFE = re.compile(r"[^A-Za-z0-9._~-]+")


class Parties:
    """The parties of one order, by their codes: BY buyer, BT bill-to, ST ship-to."""

    def __init__(self) -> None:
        """Begin with none."""
        self._names: dict[str, Segment] = {}
        self._lines: dict[str, list[str]] = {}
        self._towns: dict[str, tuple[int, Segment]] = {}
        self._now = ""

    def read(self, position: int, segment: Segment) -> None:
        """Take an N1, N3 or N4; raises `Fault` where no N1 has opened the loop."""
        if segment.name == "N1":
            self._now = segment.at(1)
            self._names[self._now] = segment
        elif not self._now:
            message = f"{segment.name} stands before any N1"
            raise Fault(message, segment=segment.name, position=position, segment_code=UNEXPECTED_SEGMENT)
        elif segment.name == "N3":
            told = (segment.at(1), segment.at(2))
            self._lines.setdefault(self._now, []).extend(line for line in told if line)
        else:
            self._towns[self._now] = (position, segment)

    def customer(self, sender: str) -> Customer:
        """The buyer; by his own number where the order has it, else by the sender's."""
        buyer = self._names.get("BY")
        number = buyer.at(4) if buyer is not None else ""
        spelt = _UNSAFE.sub("-", number or sender).strip("._~-")
        name = buyer.at(2) if buyer is not None else ""
        return Customer(id=spelt or None, kind=CustomerKind.COMPANY, name=name or None)

    def address(self, party: str) -> Address | None:
        """A party's address, where the order has one; raises `Fault` for one that makes no sense."""
        if party not in self._towns:
            return None
        position, town = self._towns[party]
        name = self._names[party].at(2)
        try:
            return Address(
                company=name or None,
                lines=tuple(self._lines.get(party, [])[:4]),
                city=town.at(1) or None,
                region=town.at(2) or None,
                postal_code=town.at(3) or None,
                country=town.at(4) or _DEFAULT_COUNTRY,
            )
        except ValidationError as error:
            wrong = field_errors(error)[0]
            element = {"city": 1, "region": 2, "postal_code": 3, "country": 4}.get(wrong.pointer.split("/")[1], 0)
            raise element_fault(town, position, element, BAD_CODE, wrong.message) from error
