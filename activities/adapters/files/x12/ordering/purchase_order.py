"""An 850 as a canonical order: on account, under the buyer's own purchase order number.

What stands before the first PO1 is the order's, and what stands after it is the line's. A line cannot change the
order's currency, terms, place or days; one that says something else is refused, for an order is one delivery.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.files.x12.faults import (
    BAD_CODE,
    MISSING,
    MISSING_SEGMENT,
    UNEXPECTED_SEGMENT,
    Fault,
    element_fault,
)
from activities.adapters.files.x12.ordering.articles import Article, less
from activities.adapters.files.x12.ordering.beside import Basis, Beside
from activities.adapters.files.x12.ordering.carriage import Carriage
from activities.adapters.files.x12.ordering.dates import Dates
from activities.adapters.files.x12.ordering.elements import amount, day, whole
from activities.adapters.files.x12.ordering.parties import Parties
from activities.adapters.files.x12.ordering.remarks import Remarks
from models.money import Money, known_currency
from models.order.document import FulfilmentRequest, Line, OrderDocument
from models.order.payment_terms import Payment, PaymentTerms
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from activities.adapters.files.x12.segments import Segment
    from models.batch.batch import BatchSource
    from models.order.pricing import Charge

_PASSED_OVER = frozenset(
    {"REF", "PER", "TAX", "FOB", "CTP", "PAM", "CSH", "PWK", "PKG", "MTX", "N9", "NX2", "CN1", "CTB", "EFI", "TC2"}
    | {"TD1", "TD3", "TD4", "PO4", "MEA", "LIN", "SI", "MAN", "IT8", "PCT", "QTY", "SPI", "LM", "LQ"}
    | {"LDT", "LS", "LE"}
)
"""Segments that tell us nothing we act on: they change neither what is ordered nor what it costs nor where it goes."""
_NOT_TAKEN = {
    "SDQ": "shares the line out over several places: order for each by itself",
    "SLN": "makes the line of other goods: order those themselves",
    "PO3": "gives the line another price or quantity: say it in the PO1",
    "TXI": "puts tax on the order: the invoice will, as the goods need it",
    "DIS": "gives a discount by a rule of its own: say its amount in a SAC",
    "INC": "asks for payment by instalments",
}
_TYPES = frozenset({"SA", "NE", "KN", "RO", "DS", "RL", "OS"})
"""BEG02 of orders to be delivered: stand-alone, new, plain, rush, drop-ship, release, special. No blanket orders."""
_RUSH = "RO"
_NET_DAYS_MAX = 365
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class PurchaseOrder:
    """Maps one transaction, segment by segment; positions count from ST, which is 1."""

    def __init__(self, sender: str, source: BatchSource, *, test: bool = False) -> None:
        """Map what this sender ordered; `test` where the interchange says that it is one."""
        self._sender = sender
        self._source = source
        self._test = test
        self._purchase_order = self._type = ""
        self._placed_at: datetime | None = None
        self._currency: str | None = None
        self._net_days: int | None = None
        self._dates, self._parties = Dates(), Parties()
        self._carriage, self._remarks = Carriage(), Remarks()
        self._lines: list[Article] = []
        self._beside: list[Beside] = []
        self._counted: tuple[int, Segment] | None = None
        self._total: tuple[int, Segment] | None = None
        self._readers = {
            "BEG": self._begin,
            "CUR": self._money,
            "DTM": self._dates.read,
            "ITD": self._terms,
            "TD5": self._carriage.read,
            **dict.fromkeys(("N1", "N2", "N3", "N4"), self._parties.read),
            **dict.fromkeys(("MSG", "NTE"), self._remark),
            "PO1": self._article,
            "PID": self._described,
            "SCH": self._scheduled,
            "SAC": self._charged_or_allowed,
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
        try:
            return self._ordered(self._placed_at)
        except ValidationError as error:
            wrong = field_errors(error)[0]
            raise Fault(f"{wrong.pointer} {wrong.message}", segment="BEG", position=2) from error

    def _ordered(self, placed_at: datetime) -> OrderDocument:
        currency = self._currency or self._source.currency
        lines, charges = self._priced(currency)
        total = Money.sum_of((part.total for part in (*lines, *charges)), currency)
        self._check(total)
        return OrderDocument(
            channel=self._source.channel,
            external_id=external_id(self._sender, self._purchase_order),
            number=self._purchase_order,
            placed_at=placed_at,
            currency=currency,
            customer=self._parties.customer(self._sender),
            billing_address=self._parties.bill_to(),
            shipping_address=self._parties.ship_to(),
            lines=lines,
            charges=charges,
            payment=Payment(terms=PaymentTerms.ACCOUNT, net_days=self._net_days, purchase_order=self._purchase_order),
            fulfilment=FulfilmentRequest(
                service_level=self._carriage.level(rush=self._type == _RUSH),
                ship_by=self._dates.ship_by,
                deliver_from=self._dates.deliver_from,
                deliver_by=self._dates.deliver_by,
                instructions=self._remarks.instructions([*self._carriage.told, *self._dates.told]),
            ),
            total=total,
            note=self._remarks.note(self._parties.place_by_number()),
            test=self._test,
        )

    def _priced(self, currency: str) -> tuple[tuple[Line, ...], tuple[Charge, ...]]:
        """The lines, less what is allowed on them and on the whole order; and what is charged, as it comes."""
        seen: set[str] = set()
        for article in self._lines:
            if article.id in seen:
                message = f"the line {article.id[:40]} stands twice"
                raise element_fault(article.segment, article.position, 1, BAD_CODE, message)
            seen.add(article.id)
        lines: list[Line] = []
        charges: dict[int, Charge] = {}
        for article in self._lines:
            line, charged = article.line(currency)
            lines.append(line)
            charges |= charged
        gross = Money.sum_of((line.subtotal for line in lines), currency)
        in_doubt = any(line.discounts for line in lines)
        for beside in self._beside:
            net = None if in_doubt else Money.sum_of((line.total for line in lines), currency)
            basis = Basis(gross=gross, net=net, one_line=False)
            if beside.is_charge:
                charges[beside.position] = beside.charge(basis)
            else:
                shares = beside.shared([line.total for line in lines], basis)
                lines = [less(line, share) for line, share in zip(lines, shares, strict=True)]
        return tuple(lines), tuple(charges[position] for position in sorted(charges))

    def _read(self, position: int, segment: Segment) -> None:
        reader = self._readers.get(segment.name)
        if reader is not None:
            reader(position, segment)
        elif segment.name not in _PASSED_OVER:
            why = _NOT_TAKEN.get(segment.name, "is not understood here")
            raise Fault(
                f"the segment {segment.name[:10]} {why}",
                segment=segment.name[:3],
                position=position,
                segment_code=UNEXPECTED_SEGMENT,
            )

    def _begin(self, position: int, segment: Segment) -> None:
        if segment.at(1) != "00":
            raise element_fault(segment, position, 1, BAD_CODE, "only original orders (00) are taken, no changes")
        self._type = segment.at(2)
        if self._type not in _TYPES:
            raise element_fault(segment, position, 2, BAD_CODE, f"the type {self._type[:10]} is no order to deliver")
        self._purchase_order = segment.at(3)
        if not self._purchase_order:
            raise element_fault(segment, position, 3, MISSING, "the purchase order number is missing")
        self._placed_at = day(segment, position, 5)

    def _money(self, position: int, segment: Segment) -> None:
        try:
            currency = known_currency(segment.at(2))
        except ValueError as error:
            raise element_fault(segment, position, 2, BAD_CODE, str(error)) from error
        before = self._currency or (self._source.currency if self._lines else currency)
        if currency != before:
            message = f"is {currency}, but the order is in {before}: one order has one currency"
            raise element_fault(segment, position, 2, BAD_CODE, message)
        self._currency = currency

    def _terms(self, position: int, segment: Segment) -> None:
        """The first terms that name the days until payment count; a line cannot have others."""
        if not segment.at(7):
            return
        days = whole(segment, position, 7)
        if days > _NET_DAYS_MAX:
            raise element_fault(segment, position, 7, BAD_CODE, f"are {days} days, more than {_NET_DAYS_MAX}")
        if self._lines and days != self._net_days:
            raise element_fault(segment, position, 7, BAD_CODE, "gives a line terms of its own: one order has the same")
        self._net_days = days if self._net_days is None else self._net_days

    def _remark(self, _position: int, segment: Segment) -> None:
        self._remarks.read(segment, self._lines[-1] if self._lines and self._counted is None else None)

    def _article(self, position: int, segment: Segment) -> None:
        self._lines.append(Article(len(self._lines) + 1, position, segment))

    def _described(self, _position: int, segment: Segment) -> None:
        if self._lines:
            self._lines[-1].describe(segment)

    def _scheduled(self, position: int, segment: Segment) -> None:
        if self._lines:
            self._lines[-1].schedule(position, segment)
            self._dates.scheduled(position, segment)

    def _charged_or_allowed(self, position: int, segment: Segment) -> None:
        beside = Beside.of(position, segment)
        if beside is None:
            return
        on_line = self._lines and self._counted is None
        (self._lines[-1].beside if on_line else self._beside).append(beside)

    def _count(self, position: int, segment: Segment) -> None:
        self._counted = (position, segment)

    def _amount(self, position: int, segment: Segment) -> None:
        if segment.at(1) == "TT":
            self._total = (position, segment)

    def _check(self, total: Money) -> None:
        if self._counted is not None:
            position, segment = self._counted
            count = len(self._lines)
            if whole(segment, position, 1) != count:
                raise element_fault(segment, position, 1, BAD_CODE, f"says another number of lines than {count}")
        if self._total is not None:
            position, segment = self._total
            if amount(segment, position, 2, total.currency) != total:
                raise element_fault(segment, position, 2, BAD_CODE, f"says another total than {total}")


def external_id(sender: str, purchase_order: str) -> str:
    """Name an order by who sent it and what he calls it; what cannot stand in an id is spelt out."""
    spelt = (_UNSAFE.sub(lambda found: f"~{ord(found[0]):02X}", part) for part in (sender, purchase_order))
    return ".".join(spelt)
