"""What we note on a release's shipment: whose it is, and which line of the order each piece is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from models.base import Identifier, Text
from models.ids import OrderId
from models.partners.warehouse import ReleaseLine

if TYPE_CHECKING:
    from models.partners.warehouse import Release

_PERSONAL = {"ship_to"}
"""Stands in the delivery address, and nowhere else."""


class Ticket(BaseModel):
    """A release as we noted it, read back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: Text
    order_id: OrderId
    node: Identifier
    lines: tuple[ReleaseLine, ...]
    carrier: Text | None = None
    tracking_number: Text | None = None

    @property
    def collected(self) -> bool:
        """Whether no carrier is asked: the customer comes for it."""
        return self.tracking_number is None


def written(release: Release) -> dict[str, Any]:
    """Write a release down, as JSON that a picker can read too."""
    return release.model_dump(mode="json", exclude=_PERSONAL, exclude_none=True)


def ticket(asked: dict[str, Any] | None) -> Ticket | None:
    """Read it back; None: the shipment is none of ours."""
    try:
        return None if asked is None else Ticket.model_validate(asked)
    except ValidationError:
        return None
