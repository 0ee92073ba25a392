"""The sandbox notification service: keeps what it was to tell, and tells nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from activities.adapters.sandbox.wire import Receipt
from models.partners.asking import Done
from models.partners.notices import Notice
from ops.sandbox.serving.service import Service

if TYPE_CHECKING:
    from starlette.requests import Request

_MESSAGE = "message"


class Notification(Service):
    """Keeps messages."""

    def routes(self) -> list[Route]:
        """What can be asked of it."""
        return [
            self.counter.effect("/messages", "send", Notice, Receipt[Done], act=self._send),
            Route("/messages", self._messages, methods=["GET"]),
        ]

    def _send(self, notice: Notice) -> Done:
        reference = f"MSG-{self.records.number(_MESSAGE):06}"
        self.records.put(_MESSAGE, reference, notice.model_dump(mode="json"), notice.key)
        return Done(reference=reference)

    async def _messages(self, request: Request) -> Response:
        order_id = request.query_params.get("order_id", "")
        found = [
            {"reference": reference} | message
            for reference, message in self.records.all(_MESSAGE)
            if order_id in {"", message["order_id"]}
        ]
        return JSONResponse({"messages": found})
