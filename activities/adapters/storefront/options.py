"""A shop's options out of its settings: what is missing or wrong is said by the setting's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from models.settings import PartnerSettings


class ShopOptions(BaseModel):
    """What every shop that is polled may be told."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    orders_since: Annotated[AwareDatetime | None, Field(strict=False)] = None
    """Orders last changed before are none of ours; not set: every order the shop shows is read."""
    settle_s: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """Orders changed less than so many seconds ago are left for the next reading: a second has to be over, and what
    the shop is still writing comes into sight late."""


Options = TypeVar("Options", bound=ShopOptions)


def read_options(model: type[Options], channel: str, settings: PartnerSettings, key_is: str) -> Options:
    """Read the options.

    Args:
        model: what they are.
        channel: the channel's name.
        settings: the channel's settings.
        key_is: what the `key` of the setting has to be, for a person who left it out.

    Raises:
        ValueError: one is missing or wrong, or there is no key; names the setting.
    """
    if not settings.key.get_secret_value():
        raise ValueError(f"ORDERLOOM_SHOPS: {channel}: key is missing: {key_is}")
    try:
        return model.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        said = "is missing" if first["type"] == "missing" else first["msg"]
        raise ValueError(f"ORDERLOOM_SHOPS: {channel}: options: {place} {said}") from error
