"""How many of a return's goods are where: announced, received, inspected, accepted. Never more than was announced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.errors import InvalidInput
from models.policy.returns import Disposition
from models.returns.handling import Found, Lot, Oddity, OddityKind, Taken
from models.returns.request import Condition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.returns.case import ReturnCase, ReturnLine
    from models.returns.messages import GoodsReceipt, InspectedLine, Inspection, ReceivedLine


@dataclass
class LineGoods:
    """One line's quantities."""

    line: ReturnLine
    has_goods: bool
    authorised: int = 0
    received: int = 0
    missing: int = 0
    """No longer waited for."""
    accepted: int = 0
    rejected: int = 0
    lost: int = 0
    """Of those accepted, how many the carrier lost."""
    settled: int = 0
    """Something was given for so many."""
    grades: dict[Condition, int] = field(default_factory=dict)
    """Of what was accepted and nothing given for yet, how many are in which condition."""
    dispositions: dict[Disposition, int] = field(default_factory=dict)
    shelf: dict[tuple[str, str], int] = field(default_factory=dict)
    """What waits for the inspector, by node and lot."""

    @property
    def expected(self) -> int:
        """How many are still to come."""
        return self.authorised - self.received - self.missing

    @property
    def uninspected(self) -> int:
        """How many wait for the inspector."""
        return sum(self.shelf.values())


@dataclass
class ReturnGoods:
    """All lines, and what came beside them."""

    case: ReturnCase
    lines: dict[str, LineGoods] = field(init=False)
    oddities: list[Oddity] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nothing authorised."""
        self.lines = {line.line_id: LineGoods(line, self._has_goods(line)) for line in self.case.lines}

    def _has_goods(self, line: ReturnLine) -> bool:
        bought = self.case.sold.line(line.line_id)
        return bought is None or bought.has_goods

    def authorise(self) -> None:
        """Take them back, as many as were asked for."""
        for goods in self.lines.values():
            goods.authorised = goods.line.quantity

    def keep(self) -> None:
        """The customer keeps all of it, and something is given for it all the same."""
        for goods in self.lines.values():
            self._keep(goods)

    def nothing_to_send(self) -> None:
        """What cannot be sent back, a service or a download, is not waited for."""
        for goods in self.lines.values():
            if not goods.has_goods:
                self._keep(goods)

    def _keep(self, goods: LineGoods) -> None:
        quantity = self._accept_unseen(goods)
        if quantity:
            goods.dispositions[Disposition.KEEP] = goods.dispositions.get(Disposition.KEEP, 0) + quantity

    def lost_on_the_way(self) -> None:
        """The carrier lost what was to come, and something is given for it all the same."""
        for goods in self.lines.values():
            goods.lost += self._accept_unseen(goods)

    @staticmethod
    def _accept_unseen(goods: LineGoods) -> int:
        quantity = goods.expected
        goods.received += quantity
        goods.accepted += quantity
        return quantity

    def receive(self, receipt: GoodsReceipt) -> Taken:
        """Note what has come; what was not announced is put beside, for a person to decide."""
        taken = Taken()
        for line in receipt.lines:
            goods = self._announced(line)
            fits = min(line.quantity, goods.expected) if goods is not None else 0
            if goods is not None and fits:
                self._shelve(goods, fits, receipt.node, line.lot)
                taken.lots.append(Lot(goods.line.line_id, line.sku, fits, receipt.node, line.lot))
            if line.quantity > fits:
                oddity = self._odd(line, line.quantity - fits, receipt.node, goods)
                self.oddities.append(oddity)
                taken.oddities.append(oddity)
        return taken

    def _announced(self, received: ReceivedLine) -> LineGoods | None:
        """Find the line an article belongs to; one that still waits for it goes before one that has it all."""
        fits = [
            goods
            for goods in self.lines.values()
            if goods.line.sku == received.sku and received.line_id in {None, goods.line.line_id}
        ]
        return next((goods for goods in fits if goods.expected > 0), fits[0] if fits else None)

    def _odd(self, received: ReceivedLine, quantity: int, node: str, goods: LineGoods | None) -> Oddity:
        number = f"odd-{len(self.oddities) + 1}"
        line_id = goods.line.line_id if goods is not None else self._sold_line(received)
        kind = OddityKind.TOO_MANY if goods is not None else OddityKind.NOT_ANNOUNCED
        return Oddity(number, kind, line_id, received.sku, quantity, node, received.lot)

    def _sold_line(self, received: ReceivedLine) -> str | None:
        lines = self.case.sold.lines
        return next((line.line_id for line in lines if line.sku == received.sku and line.has_goods), None)

    @staticmethod
    def _shelve(goods: LineGoods, quantity: int, node: str, lot: str) -> None:
        goods.received += quantity
        goods.shelf[node, lot] = goods.shelf.get((node, lot), 0) + quantity

    def admit(self, oddity: Oddity, like: ReturnLine) -> None:
        """Take in after all what was not announced: it waits for the inspector like the rest."""
        goods = self.lines.setdefault(like.line_id, LineGoods(like, has_goods=True))
        goods.authorised += oddity.quantity
        self._shelve(goods, oddity.quantity, oddity.node, oddity.lot)

    def give_up_the_rest(self) -> int:
        """Wait no longer for what has not come; answers how many."""
        missing = 0
        for goods in self.lines.values():
            missing += goods.expected
            goods.missing += goods.expected
        return missing

    def check(self, inspection: Inspection) -> None:
        """Refuse what cannot have been inspected.

        Raises:
            InvalidInput: no such line, or more of it than waits for the inspector.
        """
        asked: dict[str, int] = {}
        for index, line in enumerate(inspection.lines):
            goods = self.lines.get(line.line_id)
            if goods is None:
                raise InvalidInput.at(f"/lines/{index}/line_id", "unknown_line", "is no line of this return")
            asked[line.line_id] = asked.get(line.line_id, 0) + line.quantity
            if asked[line.line_id] > goods.uninspected:
                waits = f"is more than the {goods.uninspected} that wait for inspection"
                raise InvalidInput.at(f"/lines/{index}/quantity", "beyond_received", waits)

    def inspect(self, line: InspectedLine, disposition: Disposition) -> Found:
        """Note what was found about so many of a line, which `check` has passed; answers where they lay."""
        goods = self.lines[line.line_id]
        found = Found(line, disposition, tuple(self._unshelve(goods, line.quantity)))
        if line.accepted:
            goods.accepted += line.quantity
            goods.grades[line.grade] = goods.grades.get(line.grade, 0) + line.quantity
        else:
            goods.rejected += line.quantity
        goods.dispositions[disposition] = goods.dispositions.get(disposition, 0) + line.quantity
        return found

    @staticmethod
    def _unshelve(goods: LineGoods, quantity: int) -> Iterable[Lot]:
        for (node, lot), there in list(goods.shelf.items()):
            part = min(quantity, there)
            if part:
                goods.shelf[node, lot] = there - part
                quantity -= part
                yield Lot(goods.line.line_id, goods.line.sku, part, node, lot)

    def to_settle(self) -> dict[str, int]:
        """What was accepted and nothing given for yet, by line."""
        left = {line_id: goods.accepted - goods.settled for line_id, goods in self.lines.items()}
        return {line_id: quantity for line_id, quantity in left.items() if quantity > 0}

    def outstanding(self) -> dict[str, int]:
        """What something may still be given for, by line: what is to come, waits for inspection, or was accepted."""
        left = {
            line_id: goods.authorised - goods.missing - goods.rejected - goods.settled
            for line_id, goods in self.lines.items()
        }
        return {line_id: quantity for line_id, quantity in left.items() if quantity > 0}

    def graded(self, line_id: str, quantity: int) -> dict[Condition, int]:
        """In which condition so many of a line are; what no inspector saw is as the customer says."""
        goods = self.lines[line_id]
        unseen = quantity - sum(goods.grades.values())
        grades = dict(goods.grades)
        if unseen > 0:
            grades[goods.line.condition] = grades.get(goods.line.condition, 0) + unseen
        return grades

    def claims(self) -> dict[str, int]:
        """How many of each line the return has a claim to: what came, and what something was given for."""
        return {line_id: max(goods.authorised - goods.missing, goods.settled) for line_id, goods in self.lines.items()}

    def settled(self, quantities: dict[str, int]) -> None:
        """Something was given for so many."""
        for line_id, quantity in quantities.items():
            self.lines[line_id].settled += quantity
            self.lines[line_id].grades.clear()

    @property
    def expected(self) -> int:
        """How many are still to come."""
        return sum(goods.expected for goods in self.lines.values())

    @property
    def uninspected(self) -> int:
        """How many wait for the inspector."""
        return sum(goods.uninspected for goods in self.lines.values())

    @property
    def anything_received(self) -> bool:
        """Whether goods have come."""
        return bool(self.oddities) or any(
            goods.received > goods.lost + goods.dispositions.get(Disposition.KEEP, 0) for goods in self.lines.values()
        )
