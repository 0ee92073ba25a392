"""What shoppers and shops typed, made fit for our models: a stray character is no reason to refuse an order."""

from __future__ import annotations

import html
import re
import unicodedata

from pydantic import TypeAdapter, ValidationError

from models.base import Identifier, Sku, cleaned
from models.errors import InvalidInput
from models.order.parties import Email, Phone

_LINE = 500
_NOTE = 4000
_SKU = 100
_NUMBER = 100
_WRITTEN = 2
"""A line may be written so many times as long, with white space in it that is not kept."""
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_PHONE: TypeAdapter[str] = TypeAdapter(Phone)
_SKU_TEXT: TypeAdapter[str] = TypeAdapter(Sku)
_ID: TypeAdapter[str] = TypeAdapter(Identifier)


def line(*parts: str | None, longest: int = _LINE) -> str | None:
    """One line of text out of its parts, white space collapsed; none where nothing readable is left."""
    words = " ".join(cleaned(part.replace("\r", " "), _WRITTEN * longest) for part in parts if part)
    return " ".join(words.split())[:longest].strip() or None


def titled(value: str | None) -> str | None:
    """A title from a shop that stores HTML entities: ``Hat &ndash; blue`` reads ``Hat - blue`` with a real dash."""
    return line(html.unescape(value)) if value else None


def note(value: str | None) -> str | None:
    """A paragraph; none where nothing readable is left."""
    return cleaned((value or "").replace("\r\n", "\n").replace("\r", "\n"), _NOTE) or None


def email(*candidates: str | None) -> str | None:
    """The first candidate that has the shape of an address."""
    return _first(_EMAIL, candidates)


def phone(*candidates: str | None) -> str | None:
    """The first candidate that has the shape of a telephone number, full-width digits written plainly."""
    # A number is short: what is longer is none, and need not be brought into any form.
    written = (each if each and len(each) <= _NUMBER else None for each in candidates)
    return _first(_PHONE, tuple(unicodedata.normalize("NFKC", each) if each else None for each in written))


def _first(shape: TypeAdapter[str], candidates: tuple[str | None, ...]) -> str | None:
    for candidate in candidates:
        text = line(candidate)
        if text is None:
            continue
        try:
            return shape.validate_python(text)
        except ValidationError:
            continue
    return None


def customer_id(value: str | None) -> str | None:
    """The customer's number at the shop; none for a guest, whom some shops number 0."""
    if value is None or not re.sub(r"^0+$", "", value):
        return None
    try:
        return _ID.validate_python(value)
    except ValidationError:
        return None


def sku(value: str | None, at: str, **stand_ins: str | None) -> str:
    """The article's SKU, or a stable stand-in where the shop gives none.

    A custom line or a product without a SKU is ``variant-<id>``, else ``product-<id>``, else ``line-<id>``: master data
    will not know it, so that the order waits for a person who can say what to send.

    Args:
        value: as the shop spells it.
        at: pointer to the field, for the refusal.
        stand_ins: ids in order of preference, such as ``variant="23"``.

    Raises:
        InvalidInput: it holds a control or invisible character, so that nobody could tell which article is meant.
    """
    text = (value or "").strip()
    if text and len(text) <= _SKU:
        try:
            return _SKU_TEXT.validate_python(text)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise InvalidInput.at(at, "sku", reason) from error
    named = ((kind, number) for kind, number in stand_ins.items() if customer_id(number))
    kind, number = next(named, list(stand_ins.items())[-1])
    return f"{kind}-{number}"
