"""Who signed a webhook: told by a look at it, or by asking for keys; whoever it was, it is read in his format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.ports.channels import CallbackSigners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.ports.channels import CallbackReader, Callbacks


async def signer_of(callbacks: Callbacks, body: bytes, headers: Mapping[str, str]) -> CallbackReader | None:
    """Say in which format a webhook is to be read; none where nobody who may signed it.

    Raises:
        models.errors.PartnerError: that cannot be told now; the webhook is to come again.
    """
    if isinstance(callbacks, CallbackSigners):
        return await callbacks.signer(body, headers)
    return callbacks if callbacks.verify(body, headers) else None
