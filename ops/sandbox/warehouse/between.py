"""What the sandbox ERP and WMS tell each other: lorries at the gate, and goods that have moved."""

from __future__ import annotations

from typing import Annotated, Literal

import httpx
from pydantic import Field

from models.base import Identifier, Quantity, Sku, StrictModel, Text
from ops.sandbox.serving.callbacks import NotTakenError

_WITHIN_S = 15.0
DELIVERIES: Literal["/deliveries"] = "/deliveries"
"""Where the WMS takes them in."""
PARCELS_BACK: Literal["/parcels/back"] = "/parcels/back"
"""Where the WMS takes in what a carrier brings back."""
POSTINGS: Literal["/postings"] = "/postings"
"""Where the ERP books them."""


class Delivery(StrictModel):
    """A supplier's lorry at the gate; taken in once, by the supply's id."""

    supply_id: Text
    node: Identifier
    sku: Sku
    quantity: Quantity


class ParcelBack(StrictModel):
    """A parcel the carrier brings back; taken in once."""

    tracking_number: Text


class Posting(StrictModel):
    """So many more of an article at a node, or fewer; booked once a key."""

    key: Text
    node: Identifier
    sku: Sku
    change: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class Neighbour:
    """Another sandbox partner, spoken to by errands: what it does not take is told again later."""

    def __init__(self, url: str) -> None:
        """Speak to it at `url`; empty: there is none."""
        self.url = url
        self._client = httpx.AsyncClient(timeout=_WITHIN_S, trust_env=False)

    async def tell(self, path: str, said: StrictModel) -> None:
        """Tell it something.

        Raises:
            NotTakenError: it answered, but did not take it.
        """
        content = said.model_dump_json()
        response = await self._client.post(
            f"{self.url}{path}", content=content, headers={"Content-Type": "application/json"}
        )
        if not response.is_success:
            message = f"{path} answered {response.status_code}"
            raise NotTakenError(message)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
