"""Standard Webhooks, verified without trusting the library's manners: whatever goes wrong in it is a refusal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from standardwebhooks.webhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = re.compile(r"[0-9]{1,12}")
_ID = re.compile(r"[A-Za-z0-9_.:/~-]{1,200}")
_SIGNATURES_MAX = 20


def verified(secrets: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the body was signed with one of these secrets within the last five minutes.

    Args:
        secrets: parted by spaces; more than one while a secret is being replaced. None at all verifies nothing.
        body: the bytes as they came.
        headers: with names in lower case.
    """
    timestamp, signatures = headers.get("webhook-timestamp", ""), headers.get("webhook-signature", "")
    if not (_ID.fullmatch(headers.get("webhook-id", "")) and _SECONDS.fullmatch(timestamp)):
        return False
    if len(signatures.split(" ")) > _SIGNATURES_MAX:
        return False
    return any(_signed(secret, body, headers) for secret in secrets.split())


def _signed(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        # The library compares in constant time; it may raise nearly anything for what a forger sends.
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except Exception:  # noqa: BLE001 - see above
        return False
    return True
