"""Which changes of an accepted order are taken, until which stage, and how long each party has for its answer.

No change costs a fee. Each change is judged by the rules the order was accepted under.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import ChannelName, StrictModel
from models.changes.progress import Party
from models.changes.request import ChangeKind

Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 30)]


class ChangeStage(StrEnum):
    """How far an order may be for a change to be taken."""

    NEVER = "never"
    BEFORE_RELEASE = "before_release"
    """Until a warehouse has what is concerned."""
    BEFORE_SHIPMENT = "before_shipment"
    """Until what is concerned has left: the warehouse has the last word."""


class ChangeRule(StrictModel):
    """Until when some changes are taken; the first rule that fits counts."""

    kinds: tuple[ChangeKind, ...] = ()
    """None: every kind."""
    channels: tuple[ChannelName, ...] = ()
    """None: every channel."""
    until: ChangeStage

    def fits(self, kind: ChangeKind, channel: str) -> bool:
        """Whether it speaks of such a change."""
        return (not self.kinds or kind in self.kinds) and (not self.channels or channel in self.channels)


class ChangeRules(StrictModel):
    """All of it."""

    rules: tuple[ChangeRule, ...] = ()
    """Where none fits, a change is taken until what it concerns has left."""
    take_up_minutes: Minutes = 24 * 60
    """How long a change may wait until the order can turn to it: while it is on hold, or a step is under way."""
    answer_minutes: Minutes = 60
    """How long a party has for its answer."""
    party_minutes: dict[Party, Minutes] = Field(default_factory=dict)
    """Where a party has more or less time than that."""

    def until(self, kind: ChangeKind, channel: str) -> ChangeStage:
        """Until which stage such a change is taken."""
        return next((rule.until for rule in self.rules if rule.fits(kind, channel)), ChangeStage.BEFORE_SHIPMENT)

    def minutes(self, party: Party) -> int:
        """How long a party has."""
        return self.party_minutes.get(party, self.answer_minutes)
