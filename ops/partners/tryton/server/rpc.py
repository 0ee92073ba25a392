"""Tryton's JSON-RPC, as an administrator's client speaks it: for writing into its books what they hold at first.

Protocol: https://docs.tryton.org/latest/server/topics/ (RPC over HTTP); dates and decimals are tagged objects.
"""

from __future__ import annotations

import base64
import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

import httpx

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from types import TracebackType

_WITHIN_S = 300.0
_ALL_OF_THEM = True
Record = dict[str, Any]


class Rpc:
    """One administrator's session. An `id` is Tryton's number of a record."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """Log in.

        Raises:
            StackError: he is not let in.
        """
        # Tryton compresses long answers and says so even where nobody asked it to, without doing it: so it is asked to.
        self._http = httpx.Client(timeout=_WITHIN_S, trust_env=False, headers={"Accept-Encoding": "gzip"})
        self._url = f"{url}/rpc/"
        self.context: Record = {}
        self.user, token, *_ = self.ask("common.db.login", user, {"password": password}, "en")
        session = base64.b64encode(f"{user}:{self.user}:{token}".encode()).decode()
        self._http.headers["Authorization"] = f"Session {session}"
        self.look_again()

    def look_again(self) -> None:
        """Read the user's own preferences again, such as the company he works in."""
        self.context = self.ask("model.res.user.get_preferences", _ALL_OF_THEM, {})

    def ask(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401 - what Tryton answers depends on the method
        """Call a method by its whole name.

        Raises:
            StackError: Tryton refuses, or cannot be reached; shows what it says.
        """
        body = json.dumps({"id": 1, "method": method, "params": parameters}, default=_encoded)
        try:
            response = self._http.post(self._url, content=body, headers={"Content-Type": "application/json"})
        except httpx.HTTPError as error:
            raise StackError(f"Tryton: {method}: {error}") from error
        if response.status_code != httpx.codes.OK:
            raise StackError(f"Tryton: {method}: {response.status_code} {response.text[:300]}")
        answer = json.loads(response.text, object_hook=_decoded)
        if "error" in answer:
            raise StackError(f"Tryton: {method}: {str(answer['error'])[:600]}")
        return answer.get("result")

    def call(self, model: str, method: str, *parameters: Any, kind: str = "model", **context: Any) -> Any:  # noqa: ANN401
        """Call a model's method with the user's context, and more of it where given."""
        return self.ask(f"{kind}.{model}.{method}", *parameters, {**self.context, **context})

    def new(self, model: str, **values: Any) -> int:  # noqa: ANN401
        """Make a record; answers its id."""
        return int(self.call(model, "create", [values])[0])

    def write(self, model: str, record: int, **values: Any) -> None:  # noqa: ANN401
        """Change a record."""
        self.call(model, "write", [record], values)

    def all(self, model: str, *fields: str, where: list[Any] | None = None) -> list[Record]:
        """Read records, oldest first."""
        found: list[Record] = self.call(model, "search_read", where or [], 0, None, [["id", "ASC"]], ["id", *fields])
        return found

    def one(self, model: str, *fields: str, where: list[Any]) -> Record:
        """Read the first record there is.

        Raises:
            StackError: there is none.
        """
        found = self.all(model, *fields, where=where)
        if not found:
            raise StackError(f"Tryton has no {model} where {where}")
        return found[0]

    def named(self, module: str, name: str) -> int:
        """The id of a record that came with a module, by its name there."""
        return int(self.call("ir.model.data", "get_id", module, name))

    def application_key(self, user: int | None = None) -> str:
        """Make a key for the REST interface."""
        key: str = self.call("res.user.application", "default_get", ["key"])["key"]
        self.new("res.user.application", user=user or self.user, application="rest", key=key)
        return key

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()


def _encoded(value: object) -> Record:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    raise TypeError(type(value).__name__)


def _decoded(value: Record) -> Any:  # noqa: ANN401
    if value.get("__class__") == "Decimal":
        return Decimal(value["decimal"])
    if value.get("__class__") == "date":
        return date(value["year"], value["month"], value["day"])
    return value
