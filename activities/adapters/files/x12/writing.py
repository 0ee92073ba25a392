"""Writing an interchange: its envelopes, their control numbers and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from activities.adapters.files.x12.units import X12

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.money import Money
    from models.order.document import Line

_VERSION = "004010"
_END = "~\n"
_HUNDREDTHS = 100


class Party(NamedTuple):
    """Who an interchange is from or to."""

    qualifier: str
    id: str


def clean(text: str) -> str:
    """Text that holds no separator."""
    return "".join(" " if sign in "*~>^\r\n" else sign for sign in text)


def unit_code(line: Line) -> str:
    """The unit a line is counted in."""
    return X12.get(line.unit, line.unit)


def hundredths(money: Money) -> int:
    """An amount as elements of type N2 have it: without a point, in hundredths whatever the currency."""
    return int((money.major * _HUNDREDTHS).to_integral_value())


def priced(line: Line, quantity: int) -> str:
    """What PO1 and IT1 say alike: the line, so many of it, its price and its article."""
    # A price for a dozen or a hundred has no end for one: eight decimals come to the same amount again.
    price = line.unit_price if line.unit_price is not None else round(line.subtotal.major / line.quantity, 8)
    parts = (clean(line.id), quantity, unit_code(line), f"{price.normalize():f}", "", "VN", clean(line.sku))
    return "*".join(map(str, parts))


class Envelope(NamedTuple):
    """What is written around transactions of one kind."""

    kind: str
    """The transaction set, such as 855."""
    group: str
    """Its functional identifier, such as PR."""
    sender: Party
    receiver: Party
    number: str
    """The interchange's control number, up to nine digits."""
    day: str
    """YYMMDD."""
    time: str
    """HHMM."""


def written(envelope: Envelope, bodies: Sequence[Sequence[str]]) -> str:
    """Write an interchange; `bodies` are what stands between ST and SE, ready but for the terminators."""
    kind, group, sender, receiver, number, day, time = envelope
    control = number.rjust(9, "0")[-9:]
    short = str(int(control)) if control.isdigit() else "1"
    ours, theirs = f"{sender.qualifier:2.2}*{sender.id:15.15}", f"{receiver.qualifier:2.2}*{receiver.id:15.15}"
    isa = f"ISA*00*{'':10}*00*{'':10}*{ours}*{theirs}*{day}*{time}*U*00401*{control}*0*P*>"
    segments = [isa, f"GS*{group}*{sender.id.strip()}*{receiver.id.strip()}*20{day}*{time}*{short}*X*{_VERSION}"]
    for index, body in enumerate(bodies, 1):
        segments += [f"ST*{kind}*{index:04}", *body, f"SE*{len(body) + 2}*{index:04}"]
    segments += [f"GE*{len(bodies)}*{short}", f"IEA*1*{control}"]
    return "".join(segment + _END for segment in segments)
