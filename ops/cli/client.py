"""The HTTP API as a command uses it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx

from ops.cli.exits import CommandError, UnreachableError, UsageError
from ops.samples.guessing import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from ops.cli.connection import Connection

Json = dict[str, Any]
_WITHIN_S = 30.0
_PAGE = 200


class ApiError(CommandError):
    """The API said no; the message is its problem document in one line."""

    def __init__(self, status: int, problem: Json) -> None:
        """Say what the problem document says."""
        super().__init__(_sentence(status, problem))
        self.status = status
        self.problem = problem


class Api:
    """Speaks to the API of one deployment."""

    def __init__(self, connection: Connection, *, transport: httpx.BaseTransport | None = None) -> None:
        """Speak to the API there; `transport` stands in for the network in tests.

        Raises:
            UsageError: the address is none.
        """
        self._url = connection.url
        try:
            self._http = httpx.Client(
                base_url=connection.url,
                headers={"Authorization": f"Bearer {connection.key}"},
                timeout=_WITHIN_S,
                transport=transport,
                trust_env=False,
            )
        except httpx.InvalidURL as error:
            raise UsageError(f"{connection.url} is no address of an API: {error}") from error

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._http.close()

    def submit(self, format_: str, body: bytes) -> Json:
        """Hand in one payload; a channel's own goes to that channel's address."""
        path = "/v1/orders" if format_ == CANONICAL else f"/v1/channels/{format_}/orders"
        return self._ask("POST", path, content=body, headers={"Content-Type": "application/json"})

    def order(self, order_id: str) -> Json:
        """Read one order."""
        return self._ask("GET", _order(order_id))

    def timeline(self, order_id: str) -> list[Json]:
        """Read an order's story."""
        return list(self._ask("GET", f"{_order(order_id)}/timeline")["entries"])

    def decisions(self, order_id: str) -> list[Json]:
        """Read what was decided about an order."""
        return list(self._ask("GET", f"{_order(order_id)}/decisions")["decisions"])

    def postings(self, order_id: str) -> Json:
        """Read the journal of an order and of its returns."""
        return self._ask("GET", f"{_order(order_id)}/postings")

    def decide(self, order_id: str, hold_id: str, verdict: str, reason: str) -> Json:
        """Approve or reject a hold."""
        path = f"{_order(order_id)}/holds/{quote(hold_id, safe='')}/decision"
        return self._act(path, {"decision": verdict, "reason": reason})

    def cancel(self, order_id: str, reason: str) -> Json:
        """Ask for an order to be cancelled."""
        return self._act(f"{_order(order_id)}/cancellation", {"reason": reason})

    def orders(self, wanted: Mapping[str, str], limit: int) -> list[Json]:
        """List the newest orders that fit, as many as `limit`."""
        return self._list("/v1/orders", "orders", wanted, limit)

    def quarantine(self, wanted: Mapping[str, str], limit: int) -> list[Json]:
        """List the newest payloads that could not be mapped."""
        return self._list("/v1/quarantine", "entries", wanted, limit)

    def quarantined(self, entry_id: str) -> Json:
        """Read one payload that could not be mapped."""
        return self._ask("GET", f"/v1/quarantine/{quote(entry_id, safe='')}")

    def replay(self, entry_id: str, corrected: bytes | None) -> Json:
        """Have a payload read again, or a corrected one, which is JSON and sent as it was written, in its place."""
        path = f"/v1/quarantine/{quote(entry_id, safe='')}/replay"
        if corrected is None:
            return self._ask("POST", path)
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        return self._ask("POST", path, content=b'{"payload":' + corrected + b"}", headers=headers)

    def availability(self, sku: str, wanted: Mapping[str, str]) -> Json:
        """Have explained what may be promised of an article."""
        return self._ask("GET", f"/v1/inventory/{quote(sku, safe='')}", params=wanted)

    def tell_stock(self, body: bytes) -> Json:
        """Tell what happened to stock: one event, or a list of them."""
        headers = {"Content-Type": "application/json"}
        return self._ask("POST", "/v1/inventory/events", content=body, headers=headers)

    def stock_list(self, name: str, wanted: Mapping[str, str], limit: int) -> list[Json]:
        """Read a list of stock: ``backorders``, ``supplies``, ``differences``, ``risks``."""
        return self._list(f"/v1/inventory/{name}", name, wanted, limit)

    def movements(self, sku: str) -> list[Json]:
        """Read every movement of an article, newest first."""
        return list(self._pages(f"/v1/inventory/{quote(sku, safe='')}/movements", "movements", {}, _PAGE))

    def supply(self, supply_id: str) -> Json:
        """Read a purchase or transfer, and whom its date touches."""
        return self._ask("GET", f"/v1/inventory/supplies/{quote(supply_id, safe='')}")

    def hand_in_batch(self, said: Mapping[str, str], pieces: Iterator[bytes]) -> Json:
        """Hand in a file of orders, piece by piece."""
        headers = {"Content-Type": "application/octet-stream"}
        return self._ask("POST", "/v1/batches", params=said, content=pieces, headers=headers)

    def batches(self, limit: int) -> list[Json]:
        """List the newest files."""
        return self._list("/v1/batches", "batches", {}, limit)

    def batch(self, batch_id: str) -> Json:
        """Read how far a file is."""
        return self._ask("GET", f"/v1/batches/{quote(batch_id, safe='')}")

    def batch_rows(self, batch_id: str, wanted: Mapping[str, str], limit: int) -> list[Json]:
        """Read what became of a file's rows."""
        return self._list(f"/v1/batches/{quote(batch_id, safe='')}/rows", "rows", wanted, limit)

    def change(self, order_id: str, body: Json) -> Json:
        """Wish a change of an accepted order."""
        return self._act(f"{_order(order_id)}/changes", body)

    def changes(self, order_id: str) -> list[Json]:
        """Read every change that was wished of an order."""
        return list(self._ask("GET", f"{_order(order_id)}/changes")["changes"])

    def withdraw_change(self, order_id: str, change: str, reason: str) -> Json:
        """Take a change back."""
        return self._act(f"{_order(order_id)}/changes/{quote(change, safe='')}/withdrawal", {"reason": reason})

    def open_return(self, order_id: str, body: Json) -> Json:
        """Ask to return goods of an order."""
        return self._act(f"{_order(order_id)}/returns", body)

    def open_loose_return(self, body: Json) -> Json:
        """Tell of goods that come back of an order nobody knows."""
        return self._act("/v1/returns", body)

    def returns(self, wanted: Mapping[str, str], limit: int) -> list[Json]:
        """List the newest returns that fit, as many as `limit`."""
        return self._list("/v1/returns", "returns", wanted, limit)

    def returned(self, return_id: str, part: str = "") -> Json:
        """Read one return, or its ``timeline`` or ``decisions``."""
        return self._ask("GET", f"/v1/returns/{quote(return_id, safe=':')}" + (f"/{part}" if part else ""))

    def tell_return(self, return_id: str, what: str, body: Json) -> Json:
        """Tell a return something: ``receipt``, ``inspection``, ``decision``, ``withdrawal``."""
        return self._act(f"/v1/returns/{quote(return_id, safe=':')}/{what}", body)

    def reconciliation(self) -> Json:
        """Read how reconciling stands."""
        return self._ask("GET", "/v1/reconciliation")

    def differences(self, wanted: Mapping[str, str], limit: int) -> list[Json]:
        """List the newest differences that fit, as many as `limit`."""
        return self._list("/v1/reconciliation/differences", "differences", wanted, limit)

    def difference(self, difference_id: str) -> Json:
        """Read one difference."""
        return self._ask("GET", f"/v1/reconciliation/differences/{quote(difference_id, safe='')}")

    def settle_difference(self, difference_id: str, what: str, body: Json) -> Json:
        """Give a difference to somebody, or close it: ``assignment``, ``closure``."""
        return self._act(f"/v1/reconciliation/differences/{quote(difference_id, safe='')}/{what}", body)

    def run_now(self, what: str) -> Json:
        """Have a comparison of books begin now: ``reconciliation/runs``, ``inventory/checks``."""
        return self._ask("POST", f"/v1/{what}", headers={"Idempotency-Key": uuid.uuid4().hex})

    def feeds(self) -> list[Json]:
        """Read how everything that is polled stands."""
        return list(self._ask("GET", "/v1/feeds")["feeds"])

    def replenishment(self) -> Json:
        """Read what is to be bought or moved, and what was refused."""
        return self._ask("GET", "/v1/inventory/replenishment")

    def play(self, scenario: Json) -> Json:
        """Have an article's stock run forward under other circumstances."""
        return self._act("/v1/inventory/replenishment/scenarios", scenario)

    def promotions(self) -> list[Json]:
        """Read the campaigns that have not ended, and what the stock does not cover of them."""
        return list(self._ask("GET", "/v1/inventory/promotions")["promotions"])

    def promote(self, promotion: Json) -> Json:
        """Add or change a campaign."""
        return self._act("/v1/inventory/promotions", promotion)

    def suppliers(self) -> list[Json]:
        """Read how suppliers deliver."""
        return list(self._ask("GET", "/v1/inventory/suppliers")["suppliers"])

    def transfer(self, body: Json) -> Json:
        """Have goods sent from one node to another."""
        return self._act("/v1/inventory/transfers", body)

    def publications(self) -> list[Json]:
        """Read how late each channel hears what it may sell."""
        return list(self._ask("GET", "/v1/publications")["channels"])

    def worklists(self) -> list[Json]:
        """Read how long each worklist is."""
        return list(self._ask("GET", "/v1/worklists")["worklists"])

    def worklist(self, name: str, limit: int) -> list[Json]:
        """Read a worklist, oldest first, as many entries as `limit`."""
        return self._list(f"/v1/worklists/{quote(name, safe='')}", "entries", {}, limit)

    def _act(self, path: str, body: Json) -> Json:
        # The key makes a request that was sent twice by the network count once.
        return self._ask("POST", path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})

    def _list(self, path: str, name: str, wanted: Mapping[str, str], limit: int) -> list[Json]:
        return [item for item, _ in zip(self._pages(path, name, wanted, limit), range(limit), strict=False)]

    def _pages(self, path: str, name: str, wanted: Mapping[str, str], limit: int) -> Iterator[Json]:
        query = {**wanted, "limit": str(min(limit, _PAGE))}
        while True:
            page = self._ask("GET", path, params=query)
            if name not in page:
                raise self._stranger()
            yield from page[name]
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]

    def _ask(self, method: str, path: str, **sent: Any) -> Json:  # noqa: ANN401 - what httpx takes
        try:
            response = self._http.request(method, path, **sent)
        except httpx.TransportError as error:
            message = f"the API at {self._url} does not answer ({type(error).__name__}): is the stack running?"
            raise UnreachableError(message) from error
        try:
            document = response.json()
        except (ValueError, RecursionError):
            document = None
        if not response.is_success:
            raise ApiError(response.status_code, document if isinstance(document, dict) else {})
        if not isinstance(document, dict):
            raise self._stranger()
        return document

    def _stranger(self) -> CommandError:
        return CommandError(f"what answers at {self._url} is not Orderloom's API")


def _order(order_id: str) -> str:
    return f"/v1/orders/{quote(order_id, safe=':')}"


def _sentence(status: int, problem: Json) -> str:
    said = problem.get("detail") or problem.get("title") or "the API gave no reason"
    errors = problem.get("errors") or []
    where = next((error["pointer"] for error in errors if isinstance(error, dict) and error.get("pointer")), "")
    place = f" (at {where})" if where and where not in said else ""
    kept = f"; kept in quarantine as {problem['quarantine_id']}" if problem.get("quarantine_id") else ""
    return f"{said}{place}{kept} [{status}]"
