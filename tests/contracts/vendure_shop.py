"""A Vendure shop that is opened for tests, with its staff logged in."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.partners.program import running
from ops.partners.vendure import preparing
from ops.partners.vendure.speaking import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLLECT = {
    "code": "collect",
    "fulfillmentHandler": "manual-fulfillment",
    "checker": {
        "code": "default-shipping-eligibility-checker",
        "arguments": [{"name": "orderMinimum", "value": "0"}],
    },
    "calculator": {
        "code": "default-shipping-calculator",
        "arguments": [
            {"name": "rate", "value": "0"},
            {"name": "includesTax", "value": "include"},
            {"name": "taxRate", "value": "0"},
        ],
    },
    "translations": [{"languageCode": "en", "name": "Collect", "description": ""}],
}


@dataclass(frozen=True)
class OpenShop:
    """A shop that runs."""

    url: str
    key: str
    admin: Shop
    way: str
    """The id of its way of shipping that costs nothing."""
    category: str
    """Of its taxes."""
    location: str
    """Of its stock."""


@contextmanager
def open_shop(folder: Path) -> Iterator[OpenShop]:
    """Run the prepared shop from a copy, with a way of shipping that costs nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    preparing.copied(folder / "shop")
    with running([preparing.program(folder / "shop", port)], folder / "logs"):
        url, key = preparing.address(port), str(preparing.settings(folder / "shop", port)["key"])
        with Shop(url, "admin-api", key=key) as admin:
            making = "mutation($i: CreateShippingMethodInput!) { createShippingMethod(input: $i) { id } }"
            way = admin.ask(making, i=_COLLECT)["id"]
            category = admin.ask("{ taxCategories { items { id } } }")["items"][0]["id"]
            location = admin.ask("{ stockLocations { items { id } } }")["items"][0]["id"]
            yield OpenShop(url, key, admin, way, category, location)
