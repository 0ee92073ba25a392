"""The one base of every noun: frozen, strict, and closed to unknown fields; and the kinds of text they are made of."""

import re
import unicodedata
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from models.described import below_fields

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

# Characters that a reader cannot see, or that reorder what he sees: bidirectional controls, zero-width marks, BOM.
_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_LINE_ENDS = frozenset("\n\t")
_LOOKED_AT = 2
"""Of a text that is cut, so many times the length that is kept: some of it may be dropped, or white space."""


class StrictModel(BaseModel):
    """A value: immutable, equal by content, and refusing any field it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        ser_json_inf_nan="strings",
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        """Describe each field by the text below it."""
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        shown = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in below_fields(cls).items():
            if name in shown:
                shown[name].setdefault("description", text)
        return schema


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} or character in _INVISIBLE


def readable(value: str) -> str:
    """Normalise to NFC and refuse control and invisible characters, line ends and tabs apart.

    Raises:
        ValueError: the text holds a character that a person could not see.
    """
    if value.isascii() and value.isprintable():
        # Nearly every text; the rest looks at each character.
        return value
    for character in value:
        if _is_control(character) and character not in _LINE_ENDS:
            message = f"must not contain the control or invisible character U+{ord(character):04X}"
            raise ValueError(message)
    return unicodedata.normalize("NFC", value)


def cleaned(value: str, longest: int = 4000) -> str:
    """Drop what `readable` would refuse, and what is beyond `longest` characters.

    For text a shopper typed, which is not a reason to refuse the order.
    """
    if value.isascii() and value.isprintable():
        return value[:longest].strip()
    # Cut first: putting a million combining marks into their order takes minutes.
    looked_at = value[: _LOOKED_AT * longest]
    kept = (character for character in looked_at if not _is_control(character) or character in _LINE_ENDS)
    return unicodedata.normalize("NFC", "".join(kept)).strip()[:longest].strip()


_IDENTIFIER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]*[A-Za-z0-9])?")


def identifier(value: str) -> str:
    """Refuse what could not stand in a URL or a workflow id.

    Raises:
        ValueError: other than ASCII letters, digits and ``. _ ~ -`` between them.
    """
    if _IDENTIFIER.fullmatch(value) is None:
        message = "may hold only letters, digits and . _ ~ - and must begin and end with a letter or digit"
        raise ValueError(message)
    return value


def _trimmed(value: str) -> str:
    if value != value.strip():
        message = "must not begin or end with white space"
        raise ValueError(message)
    return value


Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(identifier)]
"""An id another system gave: up to 100 characters that are safe in a URL."""

ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""A sales channel, in lower case: ``shopify``, ``magento``, ``amazon``, ``woocommerce``, ``b2b``, ``pos``."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(readable)]
"""A line of text a person reads."""

Note = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(readable)]
"""A paragraph a person wrote."""

Sku = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(readable), AfterValidator(_trimmed)
]
"""A stock-keeping unit as the seller spells it."""

Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
"""How many of a thing: a whole, positive number."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]
"""How many of a thing have come so far; may be none."""
