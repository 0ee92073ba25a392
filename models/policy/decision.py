"""The record every decision leaves, so that it can be explained today and tried again under another policy."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from models.base import StrictModel, Text


class DecisionKind(StrEnum):
    """What was decided."""

    MASTER_DATA = "master_data"
    FRAUD = "fraud"
    COMPLIANCE = "compliance"
    CREDIT = "credit"
    APPROVAL = "approval"
    ROUTE = "route"
    STOCK = "stock"
    CANCELLATION = "cancellation"
    CHANGE = "change"
    """Whether an accepted order may be changed so."""
    RETURN = "return"
    """Whether goods may come back."""
    DISPOSITION = "disposition"
    REFUND = "refund"


class RefusedOption(StrictModel):
    """What was not chosen, and why."""

    option: Text
    reason: Text


class Decision(StrictModel):
    """One decision: a pure function of the policy's version and the input."""

    kind: DecisionKind
    policy_version: Text
    input: dict[str, JsonValue]
    """The facts it rested on; no personal data."""
    outcome: Text
    """In the decision's own words: ``pass``, ``hold``, ``reject``, a route."""
    reasons: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    refused: Annotated[tuple[RefusedOption, ...], Field(max_length=50)] = ()
