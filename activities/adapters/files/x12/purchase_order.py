"""An 850 as a canonical order: on account, under the buyer's own purchase order number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.files.x12.elements import amount, day, number, unit, whole
from activities.adapters.files.x12.faults import (
    BAD_CODE,
    MISSING,
    MISSING_SEGMENT,
    UNEXPECTED_SEGMENT,
    Fault,
    element_fault,
)
from activities.adapters.files.x12.parties import Parties
from models.money import Money, exponent, known_currency
from models.order.document import FulfilmentRequest, Line, OrderDocument
from models.order.payment_terms import Payment, PaymentTerms
from models.order.pricing import Charge, ChargeKind
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from activities.adapters.files.x12.segments import Segment
    from models.batch.batch import BatchSource

_OURS, _GTIN, _THEIRS = ("VN", "VP", "SK", "VC"), ("UP", "UK", "EN", "UA"), ("BP", "IN", "PI")
_PASSED_OVER = frozenset(
    {"REF", "PER", "TAX", "FOB", "CTP", "PAM", "CSH", "TD5", "TD1", "N2", "N9"}
    | {"MSG", "PWK", "PKG", "LDT", "SCH", "MTX", "NTE"}
)
"""Segments that tell us nothing we act on."""
_TYPES = frozenset({"SA", "NE", "KN", "RO", "DS", "RL", "OS"})
"""BEG02 of orders to be delivered: stand-alone, new, plain, rush, drop-ship, release, special. No blanket orders."""
_HUNDREDTHS = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class PurchaseOrder:
    """Maps one transaction, segment by segment; positions count from ST, which is 1."""

    def __init__(self, sender: str, source: BatchSource) -> None:
        """Map what this sender ordered."""
        self._sender = sender
        self._source = source
        self._purchase_order = ""
        self._placed_at: datetime | None = None
        self._currency = source.currency
        self._dates: dict[str, datetime] = {}
        self._net_days: int | None = None
        self._parties = Parties()
        self._lines: list[tuple[int, Segment, str]] = []
        self._charges: list[tuple[str, int]] = []
        self._counted: tuple[int, Segment] | None = None
        self._total: tuple[int, Segment] | None = None
        self._readers = {
            "BEG": self._begin,
            "CUR": self._money,
            "DTM": self._date,
            "ITD": self._terms,
            **dict.fromkeys(("N1", "N3", "N4"), self._parties.read),
            "PO1": self._article,
            "PID": self._described,
            "SAC": self._allow,
            "CTT": self._count,
            "AMT": self._amount,
        }

    def document(self, segments: Sequence[Segment]) -> OrderDocument:
        """Make the order of what stands between ST and SE.

        Raises:
            Fault: an element does not fit, or a segment is missing.
        """
        for position, segment in enumerate(segments, 2):
            self._read(position, segment)
        if self._placed_at is None:
            raise Fault("there is no BEG segment", segment="BEG", position=2, segment_code=MISSING_SEGMENT)
        if not self._lines:
            place = len(segments) + 2
            raise Fault("there is no PO1 segment", segment="PO1", position=place, segment_code=MISSING_SEGMENT)
        lines = tuple(self._line(index, *found) for index, found in enumerate(self._lines, 1))
        charges = tuple(self._charge(*found) for found in self._charges)
        total = Money.sum_of((part.total for part in (*lines, *charges)), self._currency)
        self._check(lines, total)
        try:
            return OrderDocument(
                channel=self._source.channel,
                external_id=external_id(self._sender, self._purchase_order),
                number=self._purchase_order,
                placed_at=self._placed_at,
                currency=self._currency,
                customer=self._parties.customer(self._sender),
                billing_address=self._parties.address("BT"),
                shipping_address=self._parties.address("ST"),
                lines=lines,
                charges=charges,
                payment=Payment(
                    terms=PaymentTerms.ACCOUNT, net_days=self._net_days, purchase_order=self._purchase_order
                ),
                fulfilment=FulfilmentRequest(ship_by=self._dates.get("010"), deliver_by=self._dates.get("002")),
                total=total,
            )
        except ValidationError as error:
            wrong = field_errors(error)[0]
            raise Fault(f"{wrong.pointer} {wrong.message}", segment="BEG", position=2) from error

    def _read(self, position: int, segment: Segment) -> None:
        reader = self._readers.get(segment.name)
        if reader is not None:
            reader(position, segment)
        elif segment.name not in _PASSED_OVER:
            raise Fault(
                f"the segment {segment.name[:10]} is not understood here",
                segment=segment.name[:3],
                position=position,
                segment_code=UNEXPECTED_SEGMENT,
            )

    def _date(self, position: int, segment: Segment) -> None:
        self._dates[segment.at(1)] = day(segment, position, 2)

    def _terms(self, position: int, segment: Segment) -> None:
        self._net_days = whole(segment, position, 7) if segment.at(7) else None

    def _article(self, position: int, segment: Segment) -> None:
        self._lines.append((position, segment, ""))

    def _described(self, _position: int, segment: Segment) -> None:
        if self._lines:
            place, line, _ = self._lines[-1]
            self._lines[-1] = (place, line, segment.at(5))

    def _count(self, position: int, segment: Segment) -> None:
        self._counted = (position, segment)

    def _amount(self, position: int, segment: Segment) -> None:
        if segment.at(1) == "TT":
            self._total = (position, segment)

    def _begin(self, position: int, segment: Segment) -> None:
        if segment.at(1) != "00":
            raise element_fault(segment, position, 1, BAD_CODE, "only original orders (00) are taken, no changes")
        if segment.at(2) not in _TYPES:
            raise element_fault(segment, position, 2, BAD_CODE, f"the type {segment.at(2)[:10]} is no order to deliver")
        self._purchase_order = segment.at(3)
        if not self._purchase_order:
            raise element_fault(segment, position, 3, MISSING, "the purchase order number is missing")
        self._placed_at = day(segment, position, 5)

    def _money(self, position: int, segment: Segment) -> None:
        try:
            self._currency = known_currency(segment.at(2))
        except ValueError as error:
            raise element_fault(segment, position, 2, BAD_CODE, str(error)) from error

    def _allow(self, position: int, segment: Segment) -> None:
        if segment.at(1) != "C":
            raise element_fault(segment, position, 1, BAD_CODE, "only charges (C) are understood on an order")
        self._charges.append((segment.at(15) or segment.at(2) or "Charge", whole(segment, position, 5)))

    def _charge(self, name: str, hundredths: int) -> Charge:
        # Amounts of charges stand without a point, in hundredths whatever the currency.
        worth = Money.rounded(Decimal(hundredths) / _HUNDREDTHS, self._currency)
        return Charge(kind=ChargeKind.OTHER, name=name, subtotal=worth, total=worth)

    def _line(self, index: int, position: int, segment: Segment, name: str) -> Line:
        quantity = whole(segment, position, 2)
        price = number(segment, position, 4)
        codes = {segment.at(at): segment.at(at + 1) for at in range(6, len(segment.elements) + 1, 2)}
        sku = next((codes[kind] for kind in (*_OURS, *_GTIN, *_THEIRS) if codes.get(kind)), "")
        if not sku:
            raise element_fault(segment, position, 7, MISSING, "names no article: our number (VN), or a GTIN (UP, EN)")
        subtotal = Money.rounded(price * quantity, self._currency)
        finer = -int(price.normalize().as_tuple().exponent) > exponent(self._currency)
        try:
            return Line(
                id=segment.at(1) or str(index),
                sku=sku,
                name=name or None,
                quantity=quantity,
                unit=unit(segment, position, 3),
                unit_price=price if finer else None,
                gtin=next((codes[kind] for kind in _GTIN if codes.get(kind)), None),
                subtotal=subtotal,
                total=subtotal,
            )
        except ValidationError as error:
            wrong = field_errors(error)[0]
            at = _ELEMENT.get(wrong.pointer.split("/")[1], 0)
            raise element_fault(segment, position, at, BAD_CODE, wrong.message) from error

    def _check(self, lines: Sequence[Line], total: Money) -> None:
        if self._counted is not None:
            position, segment = self._counted
            if whole(segment, position, 1) != len(lines):
                raise element_fault(segment, position, 1, BAD_CODE, f"says another number of lines than {len(lines)}")
        if self._total is not None:
            position, segment = self._total
            if amount(segment, position, 2, self._currency) != total:
                raise element_fault(segment, position, 2, BAD_CODE, f"says another total than {total}")


_ELEMENT = {"id": 1, "quantity": 2, "unit": 3, "unit_price": 4, "sku": 7, "gtin": 7}


def external_id(sender: str, purchase_order: str) -> str:
    """Name an order by who sent it and what he calls it; what cannot stand in an id is spelt out."""
    spelt = (_UNSAFE.sub(lambda found: f"~{ord(found[0]):02X}", part) for part in (sender, purchase_order))
    return ".".join(spelt)
