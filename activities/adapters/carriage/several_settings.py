"""Several carriers set up: each by name, of its own kind, with settings of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from activities.adapters.carriage.options import read_options
from activities.adapters.carriage.several import Several
from models.base import Identifier
from models.settings import PartnerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.partners import Carriers

_NAME = "several"


class SeveralOptions(BaseModel):
    """`options` of the setting; its `url` is looked at for health only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    carriers: Annotated[dict[Identifier, PartnerSettings], Field(min_length=2)]
    """By name, the first choice first."""
    cheapest: bool = False
    """Whether carriers that can say what a parcel would cost are asked that first, and the cheapest gets it."""
    rest_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """For how many seconds a carrier that was down is asked after the others."""


def open_several(settings: PartnerSettings, kinds: Mapping[str, Callable[[PartnerSettings], Carriers]]) -> Several:
    """Make an adapter to each of them; nothing is connected yet.

    Raises:
        ValueError: an option is missing or wrong, or there is no adapter of a kind; names the setting.
    """
    options = read_options(SeveralOptions, settings)
    known = sorted(kinds.keys() - {_NAME})
    for name, carrier in options.carriers.items():
        if carrier.kind not in known:
            message = f"ORDERLOOM_CARRIER__OPTIONS: carriers.{name}.kind: there are only {', '.join(known)}"
            raise ValueError(message)
    carriers = {name: kinds[carrier.kind](carrier) for name, carrier in options.carriers.items()}
    return Several(carriers, cheapest=options.cheapest, rest_s=options.rest_s)
