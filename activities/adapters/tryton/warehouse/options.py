"""What a Tryton that is a warehouse has to be told of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from models.settings import PartnerSettings


class WarehouseOptions(BaseModel):
    """``ORDERLOOM_WMS__OPTIONS``."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    company: int
    """Tryton's number of the company whose goods they are."""
    consignees: str = "ORDERLOOM"
    """The code of the party beneath which our customers' addresses are kept; it has an address of its own, for goods
    that are collected."""
    begins: Annotated[AwareDatetime | None, Field(strict=False)] = None
    """What happened in the warehouse before is no news to us: our ledger began with it; not set: all of it is."""
    overlap_s: Annotated[float, Field(ge=0, le=3600)] = 10.0
    """How long a transaction of Tryton's may take. What it writes bears the moment at which it began, and comes into
    sight when it ends: so far back is read again each time."""
    page: Annotated[int, Field(ge=1, le=500)] = 100
    """How many records are read at once."""


def warehouse_options(settings: PartnerSettings) -> WarehouseOptions:
    """Read them.

    Raises:
        ValueError: one is missing or wrong, or there is no key; names the setting.
    """
    if not settings.key.get_secret_value():
        raise ValueError("ORDERLOOM_WMS__KEY is missing: a key of a Tryton user's, for its REST interface")
    try:
        return WarehouseOptions.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        said = "is missing" if first["type"] == "missing" else first["msg"]
        raise ValueError(f"ORDERLOOM_WMS__OPTIONS: {place} {said}") from error
