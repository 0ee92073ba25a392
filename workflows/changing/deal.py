"""What a change comes to, as far as the parties have agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.changes.shifting import units_of
from models.order.worth import worth

if TYPE_CHECKING:
    from models.money import Money
    from models.order.assessment import Assessment
    from models.order.order import Order
    from models.order.pieces import Piece
    from models.partners.payments import Authorisation, AuthorisationRequest
    from models.stock.demand import Need
    from models.stock.reservation import Allocation
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


@dataclass
class Stopped:
    """A consignment that the warehouse has stopped, or was asked to stop."""

    consignment: Consignment
    left: tuple[Allocation, ...]
    """What of it had not left."""
    unsent: bool
    """Whether nothing of it has left, so that nothing goes under its label."""


@dataclass
class Deal:
    """One change, worked out."""

    before: Order
    order: Order
    """As it will be."""
    wanted_before: dict[str, int]
    line_id: str | None = None
    more: int = 0
    """So many units more of the line."""
    fewer: int = 0
    """So many units fewer of a line that no warehouse sends."""
    drop: dict[Piece, int] = field(default_factory=dict)
    """What is left out of a line that a warehouse sends."""
    needs: tuple[Need, ...] = ()
    reserved: tuple[Allocation, ...] = ()
    """What our ledger has set aside for it."""
    stopped: list[Stopped] = field(default_factory=list)
    authorisation: tuple[AuthorisationRequest, Authorisation] | None = None
    assessment: Assessment | None = None
    """The judgement that the order goes by from then on, where it is another."""
    reroutes: bool = False
    """Whether what has not left goes elsewhere, or another way."""

    def units(self, run: Run) -> int:
        """How many units of the line come, or go."""
        return self.more or self.fewer or units_of(run.standing.goods, self.drop)

    def wanted(self, run: Run) -> dict[str, int]:
        """How many of each line are to be delivered once it is made."""
        if self.line_id is None:
            return self.wanted_before
        units = self.units(run) if self.more else -self.units(run)
        return {**self.wanted_before, self.line_id: max(self.wanted_before[self.line_id] + units, 0)}

    def total_before(self) -> Money:
        """What the customer paid for all of it."""
        return worth(self.before, self.wanted_before)

    def total_after(self, run: Run) -> Money:
        """What the customer will pay for all of it."""
        return worth(self.order, self.wanted(run))
