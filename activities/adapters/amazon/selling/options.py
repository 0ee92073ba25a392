"""What an Amazon account is to be told beside its endpoint and refresh token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from activities.adapters.amazon.selling.regions import LOGIN, elsewhere

if TYPE_CHECKING:
    from models.settings import PartnerSettings


class AmazonOptions(BaseModel):
    """`options` of the setting; `url` is the region's endpoint and `key` the account's refresh token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: Annotated[str, Field(min_length=1)]
    client_secret: Annotated[SecretStr, Field(min_length=1)]
    """The application's credentials at Login with Amazon."""
    seller_id: Annotated[str, Field(min_length=1)]
    marketplaces: Annotated[tuple[str, ...], Field(min_length=1, max_length=25)]
    """Marketplace ids whose orders are ours; offers are made at the first."""
    journal: Path
    """A SQLite file, the same for every worker that serves this channel: Amazon takes feeds without a reference of
    ours and shows nobody what is in them, so that what was sent is written down here before it is sent."""
    sole_feeder: bool = False
    """Whether no other program sends this account's feeds of these types. Then the one feed that came up while a
    reply was lost is ours; else a person is asked."""
    orders_api: Literal["2026-01-01", "v0"] = "2026-01-01"
    orders_since: AwareDatetime | None = None
    """Orders last changed before are none of ours; not set: what was changed in the last 30 days is read."""
    restricted_data: bool = True
    """Whether orders of version v0 are read with names and streets; the application then needs that role at Amazon."""
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    supply_sources: dict[str, str] = {}
    """Which of the account's supply sources each node of ours is; a node not named says nothing of it."""
    cancel_reasons: dict[str, str] = {}
    """Amazon's reason for each of ours (`BuyerCanceled`, `CustomerExchange`...); any other is `NoInventory`."""
    refund_reasons: dict[str, str] = {}
    """Amazon's reason for each of ours (`CustomerReturn`, `CouldNotShip`...); any other is `GeneralAdjustment`."""
    login_url: str = LOGIN
    patches_max: Annotated[int, Field(ge=0, le=1000)] = 20
    """Offers of a batch that are told one by one; larger batches go as one feed."""
    feed_wait_s: Annotated[float, Field(ge=0)] = 15.0
    """How long a feed's result is waited for before the order waits instead."""
    feed_poll_s: Annotated[float, Field(gt=0)] = 3.0
    doubt_s: Annotated[float, Field(ge=0)] = 120.0
    """How long after a reply was lost a feed that is not listed is taken for one that never came."""
    quotas: dict[str, tuple[float, float]] = {}
    """Rate and burst of operations for which Amazon has granted this account others than the published ones."""


def options_of(channel: str, settings: PartnerSettings) -> AmazonOptions:
    """Read the options.

    Raises:
        ValueError: one is missing or wrong, or a marketplace belongs to another region; names the setting.
    """
    try:
        options = AmazonOptions.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        said = "is missing" if first["type"] == "missing" else first["msg"]
        message = f"ORDERLOOM_SHOPS: {channel}: options: {place} {said}"
        raise ValueError(message) from None
    if not settings.key.get_secret_value():
        message = f"ORDERLOOM_SHOPS: {channel}: key is missing: the account's refresh token"
        raise ValueError(message)
    stranger = elsewhere(settings.url, options.marketplaces)
    if stranger is not None:
        message = f"ORDERLOOM_SHOPS: {channel}: options: marketplaces: {stranger} is not served at {settings.url}"
        raise ValueError(message)
    return options
