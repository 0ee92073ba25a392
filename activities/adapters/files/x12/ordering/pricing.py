"""What so many of an article cost by an 850: its unit price is for one unit, unless its basis says otherwise."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.files.x12.faults import BAD_CODE, element_fault
from activities.adapters.files.x12.ordering.elements import number

if TYPE_CHECKING:
    from activities.adapters.files.x12.segments import Segment

_NO_CHARGE = "NC"
_PIECES = {
    "PN": 10,
    **dict.fromkeys(("PD", "LD", "RD", "TD", "WD"), 12),
    **dict.fromkeys(("HP", "LC", "QH", "RC", "TC", "WC"), 100),
    **dict.fromkeys(("TP", "LM", "QS", "RM", "TM", "WM"), 1000),
    "TT": 10_000,
    "HT": 100_000,
}
"""Element 639: how many pieces the price is for. Other codes say where a price comes from, or that it is for one."""
_COUNTED = {"DZ": 12, "HC": 100, "TH": 1000}
"""Element 355: units that are so many pieces, which matters only where the price is for so many of them."""
_MEASURED = {"PP": "LB", "PK": "KG", "PO": "OZ", "PG": "GR", "PL": "LT", "PF": "FT", "PY": "YD"}
"""Element 639: prices for a weight, a volume or a length, by the unit that the goods have to be ordered in."""
_NOT_TAKEN = frozenset({"HF", "TF", "PA", "ML", "PS", "PT", "NQ", "TB"})
"""Per 100 and 1000 feet, troy ounce, millilitre, thousand square feet, ton; not quoted, to be negotiated."""


def price(segment: Segment, position: int) -> tuple[Decimal, Decimal]:
    """The price as PO1 has it, and how many units it is for; raises `Fault` where nobody can tell."""
    basis, unit = segment.at(5), segment.at(3)
    if basis == _NO_CHARGE:
        _for_nothing(segment, position)
        return Decimal(0), Decimal(1)
    told = number(segment, position, 4)
    if basis in _NOT_TAKEN or _MEASURED.get(basis, unit) != unit:
        message = f"{basis} is a price that cannot be reckoned for goods in the unit {unit or 'EA'}"
        raise element_fault(segment, position, 5, BAD_CODE, message)
    pieces = _PIECES.get(basis, 1)
    return told, Decimal(pieces) / (_COUNTED.get(unit, 1) if pieces > 1 else 1)


def _for_nothing(segment: Segment, position: int) -> None:
    if segment.at(4) and number(segment, position, 4):
        message = f"is {segment.at(4)[:40]}, but NC says that nothing is charged"
        raise element_fault(segment, position, 4, BAD_CODE, message)
