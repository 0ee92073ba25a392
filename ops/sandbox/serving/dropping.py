"""Closing a connection without an answer, which ASGI has no word for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_ABORT = "orderloom.abort"


class DroppingProtocol(H11Protocol):
    """Uvicorn's own HTTP protocol, which lets an application abort its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the base class
        """Hand the connection's abort on with every request."""
        super().connection_made(transport)
        app = self.app

        async def abortable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[_ABORT] = transport.abort
            await app(scope, receive, send)

        self.app = abortable


async def drop(scope: Scope, receive: Receive) -> None:
    """Close the connection of this request at once."""
    scope["extensions"][_ABORT]()
    while (await receive())["type"] != "http.disconnect":
        pass
