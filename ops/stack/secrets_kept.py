"""The secrets that partners sign their callbacks with: made once, and kept."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING

from ops.stack.folder import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.stack.folder import Folder


def callback_secrets(folder: Folder, names: Iterable[str]) -> dict[str, str]:
    """Answer each partner's secret, in the form of the Standard Webhooks specification."""
    path = folder.root / "callback-secrets.json"
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    wanted = {name: known.get(name) or _new() for name in names}
    if wanted != known:
        write_private(path, json.dumps(wanted, indent=1))
    return wanted


def _new() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
