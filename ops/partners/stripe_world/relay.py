"""Stripe World's webhooks: its events, signed as Stripe signs them and sent to our API, as Stripe itself would.

``python -m ops.partners.stripe_world.relay ACCOUNT_URL CALLBACK_URL FILE``; the key and the secret come from the
environment. An event that is not taken is sent again, in order, until it is; the file holds the last that was.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

_EVERY_S = 0.5
_PAGE = 100
HEADER = "Stripe-Signature"


def signed(body: bytes, secret: str, now: float) -> str:
    """Sign a webhook as Stripe does (https://docs.stripe.com/webhooks/signature)."""
    moment = str(int(now))
    signature = hmac.new(secret.encode(), moment.encode() + b"." + body, sha256).hexdigest()
    return f"t={moment},v1={signature}"


class Relay:
    """Events of one account, on their way to one address."""

    def __init__(self, account: httpx.Client, callback: str, secret: str, last: Path) -> None:
        """Begin after the event that the file names."""
        self._account = account
        self._callback = callback
        self._secret = secret
        self._last = last

    def round(self) -> int:
        """Send what is new, oldest first; answers how many were taken."""
        events = self._news()
        for number, event in enumerate(events):
            body = json.dumps(event).encode()
            headers = {HEADER: signed(body, self._secret, time.time()), "Content-Type": "application/json"}
            if not httpx.post(self._callback, content=body, headers=headers, timeout=30, trust_env=False).is_success:
                return number
            self._last.write_text(event["id"], encoding="utf-8")
        return len(events)

    def _news(self) -> list[dict[str, Any]]:
        """The first page after the last event; from the beginning where Stripe World has forgotten it."""
        last = self._last.read_text(encoding="utf-8").strip() if self._last.exists() else ""
        if last:
            answer = self._account.get("/v1/events", params={"limit": _PAGE, "ending_before": last})
            if answer.is_success:
                return list(reversed(answer.json()["data"]))
        page = self._account.get("/v1/events", params={"limit": _PAGE}).json()
        while page["has_more"]:
            before = page["data"][-1]["id"]
            page = self._account.get("/v1/events", params={"limit": _PAGE, "starting_after": before}).json()
        return list(reversed(page["data"]))


def main(arguments: list[str]) -> None:
    """Relay until the process is ended; whoever is not there yet, or no longer, is tried again."""
    parser = argparse.ArgumentParser(description="Relay Stripe World's events as signed webhooks.")
    for name in ("account", "callback", "file"):
        parser.add_argument(name)
    given = parser.parse_args(arguments)
    headers = {"Authorization": f"Bearer {os.environ['STRIPE_KEY']}"}
    with httpx.Client(base_url=given.account, headers=headers, timeout=30, trust_env=False) as account:
        relay = Relay(account, given.callback, os.environ["STRIPE_WEBHOOK_SECRET"], Path(given.file))
        while True:
            try:
                relay.round()
            except (httpx.HTTPError, KeyError, ValueError) as error:
                print(f"not relayed: {error}", file=sys.stderr, flush=True)  # noqa: T201 - this is its log
            time.sleep(_EVERY_S)


if __name__ == "__main__":
    main(sys.argv[1:])
