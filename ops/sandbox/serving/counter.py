"""The counter where requests are taken: each is read, decided once for its key, and written to the journal."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import unquote

from starlette.responses import Response
from starlette.routing import Route, request_response

from activities.adapters.sandbox.wire import KEY_HEADER, NO_SUCH_EFFECT, Effect, Receipt, order_of
from models.base import StrictModel
from models.errors import InvalidInput
from models.strict_json import read
from ops.sandbox.serving.faults import Faulty
from ops.sandbox.serving.journal import Given, Verdict
from ops.sandbox.serving.problems import MEDIA_TYPE, Refusal, problem, problem_body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from models.money import Money
    from ops.sandbox.serving.database import Database
    from ops.sandbox.serving.dials import DialBoard
    from ops.sandbox.serving.journal import Journal

A = TypeVar("A", bound=Effect)
R = TypeVar("R", bound=StrictModel)
_JSON = "application/json"
_REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class Taken(Generic[R]):
    """How undoing ended."""

    answer: R
    changed: bool
    """False where it had been undone before, or could not be."""


class Counter:
    """Makes the routes of a service."""

    def __init__(self, database: Database, journal: Journal, board: DialBoard[Any]) -> None:
        """Take requests for the service with this memory and these dials."""
        self._database = database
        self._journal = journal
        self._board = board

    def effect(  # noqa: PLR0913 - a route is told several things
        self,
        path: str,
        operation: str,
        ask: type[A],
        receipt: type[Receipt[R]],
        *,
        act: Callable[[A], R],
        amount: Callable[[A], Money] | None = None,
    ) -> Route:
        """Make the route of an effect: `act` is called once for a key, and refuses by raising `Refusal`."""

        def decide(asked: A) -> Response:
            digest = _digest(operation, asked)
            given = self._journal.given(asked.key)
            if given is not None and (self._board.dials.idempotent or not given.digest):
                return self._again(operation, asked, given, digest)
            answer = act(asked)
            money = amount(asked) if amount else None
            said = receipt(key=asked.key, order_id=order_of(asked), amount=money, answer=answer).model_dump_json()
            self._journal.effect(operation, asked.key, order_of(asked) or "", asked.model_dump_json(), said)
            self._journal.give(asked.key, Given(digest, done=True, body=said))
            self._journal.request(operation, asked.key, order_of(asked) or "", Verdict.DONE)
            return Response(said, media_type=_JSON)

        def refuse(asked: A, refusal: Refusal) -> Response:
            said = problem_body(_REFUSED, refusal.code, str(refusal))
            digest = _digest(operation, asked)
            self._journal.give(asked.key, Given(digest, done=False, body=said))
            return self._refused(operation, asked, refusal)

        return self._keyed(path, operation, ask, decide, refuse)

    def undo(  # noqa: PLR0913 - a route is told several things
        self,
        path: str,
        operation: str,
        ask: type[A],
        receipt: type[Receipt[R]],
        *,
        act: Callable[[A], Taken[R] | None],
        never: R,
    ) -> Route:
        """Make the route that takes an effect back; `act` answers None where there never was one.

        The key is barred then, so that a request which was on its way longer than its undoing does nothing.
        """

        def decide(asked: A) -> Response:
            taken = act(asked)
            if taken is None:
                barred = problem_body(_REFUSED, "undone_before", "it was taken back before it was done")
                self._journal.give(asked.key, Given("", done=False, body=barred))
            answer = taken.answer if taken else never
            said = receipt(key=asked.key, order_id=order_of(asked), answer=answer).model_dump_json()
            verdict = Verdict.ANSWERED
            if taken is not None and taken.changed:
                self._journal.effect(operation, asked.key, order_of(asked) or "", asked.model_dump_json(), said)
                verdict = Verdict.DONE
            self._journal.request(operation, asked.key, order_of(asked) or "", verdict)
            return Response(said, media_type=_JSON)

        def refuse(asked: A, refusal: Refusal) -> Response:
            return self._refused(operation, asked, refusal)

        return self._keyed(path, operation, ask, decide, refuse)

    def question(self, path: str, operation: str, enquiry: type[R], act: Callable[[R], StrictModel]) -> Route:
        """Make the route of a question, which changes nothing."""

        async def answer(request: Request) -> Response:
            body = await request.body()
            try:
                asked = read(enquiry, body)
                answer = act(asked)
            except InvalidInput as error:
                return self._unreadable(operation, error)
            except Refusal as refusal:
                self._journal.request(operation, "", "", Verdict.REFUSED, refusal.code)
                return problem(_REFUSED, refusal.code, str(refusal))
            self._journal.request(operation, "", "", Verdict.ANSWERED)
            return Response(answer.model_dump_json(), media_type=_JSON)

        return self.route(path, "POST", operation, answer)

    def look_up(self) -> Route:
        """Make the route by which an effect is looked up by its key."""

        async def find(request: Request) -> Response:
            key = request.path_params["key"]
            given = self._journal.given(key)
            self._journal.request("look_up", key, "", Verdict.ANSWERED)
            if given is None or not given.done:
                return problem(HTTPStatus.NOT_FOUND, NO_SUCH_EFFECT, "nothing was done under this key")
            return Response(given.body, media_type=_JSON)

        return self.route("/effects/{key:path}", "GET", "look_up", find, lookup=True)

    def route(
        self,
        path: str,
        method: str,
        operation: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        *,
        lookup: bool = False,
    ) -> Route:
        """Make a route that the dials have a say in."""
        app = request_response(endpoint)
        return Route(path, Faulty(app, self._board, self._journal, operation, lookup=lookup), methods=[method])

    def _keyed(
        self,
        path: str,
        operation: str,
        ask: type[A],
        decide: Callable[[A], Response],
        refuse: Callable[[A, Refusal], Response],
    ) -> Route:
        async def take(request: Request) -> Response:
            try:
                asked = read(ask, await request.body())
            except InvalidInput as error:
                return self._unreadable(operation, error)
            if unquote(request.headers.get(KEY_HEADER, "")) != asked.key:
                return problem(HTTPStatus.BAD_REQUEST, "key_mismatch", f"{KEY_HEADER} must be the key in the body")
            try:
                with self._database.transaction():
                    return decide(asked)
            except Refusal as refusal:
                with self._database.transaction():
                    return refuse(asked, refusal)

        return self.route(path, "POST", operation, take)

    def _again(self, operation: str, asked: Effect, given: Given, digest: str) -> Response:
        if given.digest and given.digest != digest:
            self._journal.request(operation, asked.key, order_of(asked) or "", Verdict.CONFLICT)
            return problem(HTTPStatus.CONFLICT, "key_reused", "something else was asked under this key before")
        self._journal.request(operation, asked.key, order_of(asked) or "", Verdict.REPLAYED)
        if given.done:
            return Response(given.body, media_type=_JSON)
        return Response(given.body, _REFUSED, media_type=MEDIA_TYPE)

    def _refused(self, operation: str, asked: Effect, refusal: Refusal) -> Response:
        self._journal.request(operation, asked.key, order_of(asked) or "", Verdict.REFUSED, refusal.code)
        return problem(_REFUSED, refusal.code, str(refusal))

    def _unreadable(self, operation: str, error: InvalidInput) -> Response:
        self._journal.request(operation, "", "", Verdict.REFUSED, "unreadable")
        return problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error))


def _digest(operation: str, asked: Effect) -> str:
    return sha256(f"{operation} {asked.model_dump_json()}".encode()).hexdigest()
