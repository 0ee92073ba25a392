"""What a Tryton with sale points has to be told of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from models.base import Identifier

if TYPE_CHECKING:
    from models.settings import PartnerSettings


class PosOptions(BaseModel):
    """``options`` of the channel in ``ORDERLOOM_SHOPS``."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    company: int
    """Tryton's number of the company that sells."""
    nodes: dict[str, Identifier] = {}
    """The node of ours that a till stands at, by the sale point's name; one that is not named stands where the
    warehouse is whose code is a node's name, and of which its storage location is a part."""
    recorded: bool = False
    """Whether the tills' books are the ERP's own: a sale is then posted nowhere again."""
    begins: Annotated[AwareDatetime | None, Field(strict=False)] = None
    """Sales posted before are no news to us; not set: all are."""
    overlap_s: Annotated[float, Field(ge=0, le=3600)] = 10.0
    """How long a transaction of Tryton's may take: so far back is read again each time."""
    page: Annotated[int, Field(ge=1, le=500)] = 50
    """How many sales are read at once."""


def pos_options(channel: str, settings: PartnerSettings) -> PosOptions:
    """Read them.

    Raises:
        ValueError: one is missing or wrong, or there is no key; names the setting.
    """
    if not settings.key.get_secret_value():
        raise ValueError(
            f"ORDERLOOM_SHOPS: {channel}: key is missing: a key of a Tryton user's, for its REST interface"
        )
    try:
        return PosOptions.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        said = "is missing" if first["type"] == "missing" else first["msg"]
        raise ValueError(f"ORDERLOOM_SHOPS: {channel}: options: {place} {said}") from error
