"""Changes are told on the stage of orders: in-memory partners, a real server."""

from tests.promises.orders.conftest import client, server, world

__all__ = ["client", "server", "world"]
