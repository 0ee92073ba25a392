"""A small API that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

Answer = tuple[int, dict[str, Any]]


class Desk:
    """Answers by method and path."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | list[Answer]] = {}
        """By ``GET /v1/orders``; of a list, each is given once and the last for ever."""
        self.asked: list[tuple[str, Any]] = []
        self.queries: list[str] = []
        self.keys: set[str] = set()
        self.url = ""

    def answer(self, what: str) -> Answer:
        found = self.answers.get(what, (404, {"title": "There is no such thing", "detail": f"not here: {what}"}))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def open_desk() -> Iterator[Desk]:
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.take("GET")

        def do_POST(self) -> None:
            self.take("POST")

        def take(self, method: str) -> None:
            address = urlsplit(self.path)
            what = f"{method} {unquote(address.path)}"
            sent = self.rfile.read(int(self.headers.get("content-length") or 0))
            desk.asked.append((what, json.loads(sent) if sent else None))
            desk.queries.append(unquote(address.query))
            desk.keys.add(self.headers.get("authorization", ""))
            status, document = desk.answer(what)
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def an_order(number: int = 1, status: str = "on_hold", **changes: Any) -> dict[str, Any]:
    """What the API says of one order."""
    hold = {
        "id": "fraud-1",
        "kind": "fraud",
        "state": "open",
        "owner": "risk",
        "reason": "a guest [in] a hurry",
        "release_rule": "an answer from risk",
        "decided_by": None,
    }
    return {
        "id": f"order:shopify:{number}",
        "channel": "shopify",
        "external_id": str(number),
        "status": status,
        "waiting_on": "risk" if status == "on_hold" else None,
        "holds": [hold] if status == "on_hold" else [],
        "total": {"amount": 1999, "currency": "EUR"},
        "payment": {
            "terms": "authorised",
            "state": "authorised",
            "authorised": 1999,
            "captured": 1999 if status == "completed" else 0,
            "refunded": 0,
            "invoiced": 0,
        },
        "lines": [
            {"id": "1", "sku": "MUG", "name": "Mug", "quantity": 2, "total": {"amount": 1999, "currency": "EUR"}}
        ],
        "shipments": [],
        "references": {"erp_order": "SO-1"},
    } | changes
