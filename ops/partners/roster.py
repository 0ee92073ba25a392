"""Which real systems can stand in which place: chosen by name on the command line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ops.stack.parts import Part

SANDBOX = "sandbox"
CHANNEL = "channel"
REAL: dict[str, dict[str, str]] = {
    "erp": {"tryton": "ops.partners.tryton.part:TrytonErp"},
    "wms": {"tryton": "ops.partners.tryton.wms:TrytonWarehouse"},
    "payment": {"stripe": "ops.partners.stripe_world.part:StripeWorld"},
    "carrier": {"karrio": "ops.partners.karrio.part:Karrio"},
    CHANNEL: {
        "vendure": "ops.partners.vendure.part:VendureShop",
        "tryton_pos": "ops.partners.tryton.pos:TrytonTill",
    },
}
"""By place and name, where the part is; imported only when it is chosen."""


def parts_for(partners: Mapping[str, str], channels: Sequence[str] = ()) -> list[Part]:
    """Make the parts that were chosen; a place that keeps its sandbox needs none.

    Args:
        partners: by place, such as ``erp``, the name of the system; ``sandbox`` for ours.
        channels: names of shops.

    Raises:
        StackError: there is no such system for the place; names those there are.
    """
    wished = [(place, name) for place, name in partners.items() if name != SANDBOX]
    wished += [(CHANNEL, name) for name in dict.fromkeys(channels)]
    return [_part(place, name) for place, name in wished]


def _part(place: str, name: str) -> Part:
    try:
        module, _, made_by = REAL[place][name].partition(":")
    except KeyError:
        known = ", ".join(([] if place == CHANNEL else [SANDBOX]) + sorted(REAL[place]))
        raise StackError(f"--{place} {name}: there is no such system here; there are {known}") from None
    return cast("Part", getattr(import_module(module), made_by)())
