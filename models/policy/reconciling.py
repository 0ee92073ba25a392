"""How books are reconciled: how long things may be on their way, what is healed without a person, and who is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.money import Currency
from models.reconciling.differences import DifferenceKind, Remedy
from models.reconciling.documents import DocumentKind

if TYPE_CHECKING:
    from models.money import Money
    from models.reconciling.differences import Finding

_FINANCE, _WAREHOUSE, _INTEGRATION = "finance", "warehouse", "integration"
_GOODS = frozenset({DocumentKind.SHIPMENT, DocumentKind.PARCEL})


class OwnerRule(StrictModel):
    """Which team has which differences; what is not named fits all."""

    kinds: tuple[DifferenceKind, ...] = ()
    documents: tuple[DocumentKind, ...] = ()
    owner: Text


class ReconcilingRules(StrictModel):
    """The rules of reconciliation. Never pinned: today's rules judge every order."""

    grace_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 7)] = 15
    """What changed less than so long ago may still be on its way, and is not compared yet."""
    overlap_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 7)] = 60
    """Each reading begins so long before the end of the last: partners write some documents late."""
    look_back_days: Annotated[int, Field(ge=1, le=400)] = 30
    """How far back the very first reading goes."""
    heal: tuple[Remedy, ...] = tuple(Remedy)
    """What may be done without a person."""
    heal_at_most: Annotated[int, Field(ge=0, le=10_000)] = 50
    """So many in one run."""
    heal_money: dict[Currency, Annotated[int, Field(ge=0)]] = Field(
        default_factory=lambda: {"EUR": 50_000, "USD": 50_000, "GBP": 45_000, "CHF": 50_000, "JPY": 75_000}
    )
    """So much money at stake in one run, in minor units; none of a currency that is not named."""
    not_listed: tuple[Text, ...] = ()
    """Nodes whose shipments the WMS does not list, such as suppliers', and carriers that list no parcels."""
    owners: tuple[OwnerRule, ...] = ()
    """The first that fits counts."""

    def left_out(self, finding: Finding) -> bool:
        """Whether the partner need not have it: it lists none of that place's."""
        return finding.kind is DifferenceKind.MISSING_AT_PARTNER and finding.place in self.not_listed

    def owner_of(self, finding: Finding) -> str:
        """Say which team a difference belongs to."""
        for rule in self.owners:
            if finding.kind in (rule.kinds or DifferenceKind) and finding.document in (rule.documents or DocumentKind):
                return rule.owner
        if finding.document in _GOODS:
            return _WAREHOUSE
        return _INTEGRATION if finding.kind is DifferenceKind.STATE_DIFFERS else _FINANCE


class HealingBudget:
    """What may still be healed in one run."""

    def __init__(self, rules: ReconcilingRules, *, healed: int = 0, spent: dict[str, int] | None = None) -> None:
        """Begin with what the rules allow, less what this run has done already."""
        self._rules = rules
        self.healed = healed
        self.spent = dict(spent or {})

    def refuse(self, finding: Finding) -> str | None:
        """Say why this one needs a person; None: it may be healed, and its part of the budget is taken."""
        if finding.remedy is None:
            return "nothing can be done about it without a person"
        if finding.remedy not in self._rules.heal:
            return f"policy leaves it to a person ({finding.remedy.value})"
        if self.healed >= self._rules.heal_at_most:
            return f"more than {self._rules.heal_at_most} in one run are left to a person"
        beyond = self._beyond(finding.at_stake)
        if beyond:
            return beyond
        self._take(finding.at_stake)
        return None

    def _beyond(self, at_stake: Money | None) -> str | None:
        if at_stake is None or not at_stake.amount:
            return None
        limit = self._rules.heal_money.get(at_stake.currency, 0)
        if self.spent.get(at_stake.currency, 0) + at_stake.amount > limit:
            return f"{at_stake} would be more than one run may put right in {at_stake.currency}"
        return None

    def _take(self, at_stake: Money | None) -> None:
        self.healed += 1
        if at_stake is not None:
            self.spent[at_stake.currency] = self.spent.get(at_stake.currency, 0) + at_stake.amount
