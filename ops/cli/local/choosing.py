"""Options that put real systems in the places of sandboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.stack.parts import Part

_PANEL = "Real systems (installed at their first use)"

ErpOption = Annotated[str, typer.Option(help="The ERP: sandbox or tryton.", rich_help_panel=_PANEL)]
WmsOption = Annotated[str, typer.Option(help="The warehouse: sandbox or tryton.", rich_help_panel=_PANEL)]
PaymentOption = Annotated[str, typer.Option(help="The payment API: sandbox or stripe.", rich_help_panel=_PANEL)]
CarrierOption = Annotated[str, typer.Option(help="The carrier: sandbox or karrio.", rich_help_panel=_PANEL)]
ChannelOption = Annotated[
    list[str] | None,
    typer.Option("--channel", help="A shop beside the samples: vendure or tryton_pos.", rich_help_panel=_PANEL),
]


def chosen_parts(erp: str, wms: str, payment: str, carrier: str, channels: Sequence[str] | None) -> list[Part]:
    """Make what was chosen.

    Raises:
        StackError: there is no such system.
    """
    from ops.partners.roster import parts_for

    chosen = {"erp": erp, "wms": wms, "payment": payment, "carrier": carrier}
    return parts_for(chosen, channels or ())
