"""What all five services have in common: a memory, dials, a journal to read, errands to run."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models.errors import InvalidInput
from models.strict_json import read
from ops.sandbox.serving.callbacks import CALLBACK, Callbacks
from ops.sandbox.serving.counter import Counter
from ops.sandbox.serving.database import Database
from ops.sandbox.serving.dials import DialBoard, Dials
from ops.sandbox.serving.errands import Errands
from ops.sandbox.serving.journal import PAGE_MAX, Journal
from ops.sandbox.serving.listing import Listing
from ops.sandbox.serving.problems import problem
from ops.sandbox.serving.records import Records

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import ClassVar

    from starlette.requests import Request


@dataclass(frozen=True)
class Options:
    """How a service is started."""

    name: str
    data: Path
    """The folder of its database."""
    goods: Path
    """The goods, shelves and customers there are."""
    dials: str = "{}"
    """The dials at rest, as JSON."""
    callback_url: str = ""
    callback_secret: str = ""
    carrier_url: str = ""
    """Whom the WMS hands its parcels to."""
    wms_url: str = ""
    """Whom the ERP's suppliers deliver to, and the carrier brings parcels back to; without it neither arrives."""
    erp_url: str = ""
    """Who books what the WMS moves; without it the ERP's books stand still."""


class Service(ABC):
    """One partner."""

    dials: ClassVar[type[Dials]] = Dials

    def __init__(self, options: Options) -> None:
        """Open its memory.

        Raises:
            models.errors.InvalidInput: the dials or the goods cannot be read.
        """
        self.options = options
        options.data.mkdir(parents=True, exist_ok=True)
        self.database = Database(options.data / f"{options.name}.db")
        self.journal = Journal(self.database)
        self.records = Records(self.database)
        self.board: DialBoard[Any] = DialBoard(read(self.dials, options.dials.encode()))
        self.counter = Counter(self.database, self.journal, self.board)
        self.errands = Errands(self.database)
        self.callbacks = Callbacks(self.errands, options.callback_url, options.callback_secret)

    @abstractmethod
    def routes(self) -> list[Route]:
        """What can be asked of it."""

    async def close(self) -> None:
        """Close its connections and its memory."""
        await self.callbacks.close()
        self.database.close()


def application(service: Service) -> Starlette:
    """Make a service's HTTP interface."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(service.errands.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await service.close()

    asked = [*service.routes(), service.counter.look_up(), Listing(service).route()]
    return Starlette(routes=[*asked, *_proof(service)], lifespan=lifespan)


def _proof(service: Service) -> list[Route]:
    """Routes to look at a service and to turn its dials; no dial has a say in them."""

    async def health(_request: Request) -> Response:
        down = service.board.dials.down
        status = HTTPStatus.SERVICE_UNAVAILABLE if down else HTTPStatus.OK
        return JSONResponse({"service": service.options.name, "status": "down" if down else "up"}, status)

    async def requests(request: Request) -> Response:
        found = service.journal.requests(*_filter(request))
        return JSONResponse({"requests": found})

    async def effects(request: Request) -> Response:
        found = service.journal.effects(*_filter(request))
        return JSONResponse({"effects": found})

    async def callbacks(request: Request) -> Response:
        found = service.errands.of_kind(CALLBACK, request.query_params.get("order_id", ""))
        return JSONResponse({"callbacks": found})

    async def dials(request: Request) -> Response:
        if request.method == "PUT":
            try:
                service.board.dials = read(service.dials, await request.body())
            except InvalidInput as error:
                return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))
        return JSONResponse(service.board.dials.model_dump(mode="json"))

    return [
        Route("/health", health),
        Route("/journal", requests),
        Route("/journal/effects", effects),
        Route("/journal/callbacks", callbacks),
        Route("/dials", dials, methods=["GET", "PUT"]),
    ]


def _filter(request: Request) -> tuple[str, str, int, int]:
    wanted = request.query_params
    after, limit = wanted.get("after", "0"), wanted.get("limit", str(PAGE_MAX))
    return (
        wanted.get("order_id", ""),
        wanted.get("key", ""),
        int(after) if after.isdecimal() else 0,
        int(limit) if limit.isdecimal() else PAGE_MAX,
    )
