"""What is wanted of our stock, by whom and how: all that sourcing may decide by. No personal data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from models.base import ChannelName, Identifier, Quantity, Sku, StrictModel
from models.order.document import Delivery, Moment, ServiceLevel
from models.order.parties import Country


class Need(StrictModel):
    """So many of an article for a line, in the article's own unit; a bundle's line has one need a component."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity


class Demand(StrictModel):
    """Who wants it, and how."""

    channel: ChannelName
    customer_class: Identifier | None = None
    """The class policy puts the customer in: ``dealer``, ``strategic``."""
    service_level: ServiceLevel = ServiceLevel.STANDARD
    delivery: Delivery = Delivery.SHIP
    pick_up_at: Identifier | None = None
    country: Country | None = None
    postal_prefix: Annotated[str, StringConstraints(max_length=3)] = ""
    """The first characters of the destination's postal code: enough for a lane, too little for a person."""
    ship_together: bool = False
    ship_by: Moment | None = None
    deliver_by: Moment | None = None
    placed_at: Moment | None = None
    priority: Annotated[int, Field(ge=0, le=1000)] = 0
    """The highest number goes first."""
    worth: Annotated[int, Field(ge=0)] = 0
    """What the goods bring, in minor units of the order's own currency: what a costly parcel is weighed against."""
    avoid_nodes: tuple[Identifier, ...] = ()
    """Nodes that have turned this order down."""
    only_at: Identifier | None = None
    """The one node that may serve it: the rest of an order that goes together lies there."""

    @property
    def holders(self) -> tuple[str, ...]:
        """For whom stock may be set aside that this demand may use."""
        own = (f"channel:{self.channel}",)
        return (*own, f"class:{self.customer_class}") if self.customer_class else own
