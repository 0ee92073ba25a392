"""What the adapter has to know of one Tryton beside its address and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from models.base import Identifier, StrictModel, Text

if TYPE_CHECKING:
    from models.settings import PartnerSettings


class ErpOptions(StrictModel):
    """``ORDERLOOM_ERP__OPTIONS``, a JSON document."""

    company: Annotated[int, Field(ge=1)]
    """The id of the company whose books it keeps."""
    warehouse: Identifier
    """The code of the warehouse an order is written for, until it is known which node sends it."""
    tax_account: Text
    """The code of the account that taxes owed stand in."""
    statements: Text
    """The name of the journal of statements in which stands what the channel or the provider has taken already."""
    employee: Annotated[int, Field(ge=1)]
    """The id of the employee in whose name purchasing is asked to buy."""
    requisition_supplier: Identifier | None = None
    """The code of the supplier of what is bought, where nobody says from whom; none: purchasing chooses."""
    price_decimals: Annotated[int, Field(ge=2, le=12)] = 4
    """How many decimals Tryton's unit prices have (``[product] price_decimal`` in its configuration)."""
    complaint_type: Text | None = None
    """The type of complaint, about sales, as which returns are written down; none: they are not."""
    page: Annotated[int, Field(ge=1, le=1000)] = 100
    """How many articles or documents are read at a time."""
    overlap_s: Annotated[float, Field(ge=0, le=3600)] = 10.0
    """How long a transaction of Tryton's may take: so far back is read again what suppliers promise. What it writes
    bears the moment at which it began, and comes into sight when it ends."""
    blocked_category: Text = "Blocked"
    """The category of customers nothing is sold to."""


def erp_options(settings: PartnerSettings) -> ErpOptions:
    """Read them.

    Raises:
        ValueError: one is missing or wrong; names the setting.
    """
    try:
        return ErpOptions.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = "is missing" if first["type"] == "missing" else f"is wrong: {first['msg']}"
        message = f"ORDERLOOM_ERP__OPTIONS: {where} {reason}"
        raise ValueError(message) from None
