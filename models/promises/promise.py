"""A promise: when an order leaves us and when the customer has it, why, and whether it is kept. Pure values."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, StrictModel, Text
from models.order.document import Moment

CHANGES_KEPT = 20
"""Changes that a promise remembers; the order's timeline has them all."""


class Window(StrictModel):
    """Something will happen between two moments."""

    earliest: Moment
    latest: Moment


class PromiseState(StrEnum):
    """How a promise stands."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    """It will probably not be kept, and somebody may still do something about it."""
    MISSED = "missed"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    """The order was cancelled."""


OPEN_STATES = frozenset({PromiseState.ON_TRACK, PromiseState.AT_RISK})


class LinePromise(StrictModel):
    """What is promised of one line; the dates are those of the last of it."""

    line_id: Identifier
    ship: Window | None
    """When it leaves the last node that sends some of it; none where nobody knows."""
    deliver: Window | None
    terms: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    """What the dates rest on, in words."""


class PromiseChange(StrictModel):
    """One change of the dates."""

    version: Annotated[int, Field(ge=1)]
    at: Moment
    deliver: Window | None
    reason: Text


class Promise(StrictModel):
    """What is promised of an order: the dates we reckon with, and those the customer goes by."""

    version: Annotated[int, Field(ge=1)]
    """Counts up whenever a date changes."""
    at: Moment
    """When these dates were worked out."""
    reason: Text
    """Why they changed."""
    ship: Window | None
    """When the last of it leaves us; none where nobody knows."""
    deliver: Window | None
    """When the customer has, or can collect, the last of it."""
    lines: tuple[LinePromise, ...]
    since: Moment
    """When anything was promised first."""
    first_deliver_by: Moment | None = None
    """The first date that was promised; promise accuracy is measured by it."""
    deliver_by: Moment | None = None
    """The date the customer goes by: the channel's own, or what he was told last; none where he was told of none."""
    ship_by: Moment | None = None
    """By when it has to leave us: the channel's own date, or the one that belongs to `deliver_by`."""
    told_version: Count = 0
    """The version whose notice went out last; 0: none was sent."""
    state: PromiseState = PromiseState.ON_TRACK
    risk: Text | None = None
    """Why it is at risk, or was missed."""
    missed_at: Moment | None = None
    """When `deliver_by` passed."""
    delivered_at: Moment | None = None
    kept_first: bool | None = None
    """Whether it came by `first_deliver_by`; none while it is on its way."""
    changes: Annotated[tuple[PromiseChange, ...], Field(max_length=CHANGES_KEPT)] = ()
    """The latest changes, oldest first."""

    @property
    def at_risk(self) -> bool:
        """Whether somebody should look at it."""
        return self.state is PromiseState.AT_RISK
