"""The signature both shops put on a webhook: base64 of HMAC-SHA256 over the raw body."""

import base64
import hashlib
import hmac


def signed(body: bytes, secret: str, signature: str | None) -> bool:
    """Whether the signature is this secret's over exactly these bytes; true where no secret is set."""
    if not secret:
        return True
    if signature is None:
        return False
    expected = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
    # Bytes, because compare_digest refuses text that is not ASCII, and a forger may send any.
    return hmac.compare_digest(expected, signature.strip().encode("utf-8", "replace"))
