"""What webhooks of all carriers have in common: who may send them, and whose parcel they speak of."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from models.base import cleaned
from models.carriage.parcels import UNKNOWN_ORDER
from models.errors import InvalidInput
from models.ids import OrderId
from models.partners.events import ParcelMoved
from models.strict_json import field_errors

if TYPE_CHECKING:
    from models.settings import PartnerSettings

_WORDS = 500
_ORDER_ID: Final[TypeAdapter[str]] = TypeAdapter(OrderId)


def order_named(said: object) -> str:
    """Answer the order that is named; where none is, the name that stands for nobody's yet."""
    try:
        return _ORDER_ID.validate_python(said)
    except ValidationError:
        return UNKNOWN_ORDER


def said(words: str | None) -> str | None:
    """Keep of a carrier's words what a person can read, and as much as fits."""
    return cleaned(words or "", _WORDS) or None


def moved(**told: Any) -> ParcelMoved:  # noqa: ANN401 - the event's own fields
    """Make the event of what a carrier tells.

    Raises:
        InvalidInput: it cannot be so.
    """
    try:
        return ParcelMoved(**told)
    except ValidationError as error:
        raise InvalidInput(field_errors(error)) from error


def secrets_of(settings: PartnerSettings) -> tuple[str, ...]:
    """List the secrets that count: several, parted by spaces, while one is being replaced; none refuses everybody."""
    return tuple(settings.callback_secret.get_secret_value().split())


def shows_one(shown: str, secrets: tuple[str, ...]) -> bool:
    """Whether what is shown is one of the secrets; how long that takes does not tell how near it was."""
    return any(hmac.compare_digest(shown.encode(), secret.encode()) for secret in secrets)
