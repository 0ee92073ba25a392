"""Who buys, and where things go."""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated

import pycountry
from pydantic import AfterValidator, Field, StringConstraints

from models.base import Identifier, StrictModel, Text


@lru_cache(maxsize=512)
def known_country(code: str) -> str:
    """Return the code, or refuse it.

    Raises:
        ValueError: not an ISO 3166-1 alpha-2 code in upper case.
    """
    if not code.isupper() or pycountry.countries.get(alpha_2=code) is None:
        message = "must be an ISO 3166-1 alpha-2 country code in upper case, such as DE"
        raise ValueError(message)
    return code


Country = Annotated[str, AfterValidator(known_country)]
"""ISO 3166-1 alpha-2 code."""

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$", max_length=320)]
"""An address we may write to; only its shape is checked."""

Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() ./x#*-]+$", min_length=2, max_length=40)]


class CustomerKind(StrEnum):
    """Whether a person or a company buys."""

    PERSON = "person"
    COMPANY = "company"


class Customer(StrictModel):
    """The party that buys."""

    id: Identifier | None = None
    """The customer's number at the channel or in our own account list; none for a guest. Holds no personal data."""
    kind: CustomerKind = CustomerKind.PERSON
    name: Text | None = None
    email: Email | None = None
    phone: Phone | None = None
    tax_id: Text | None = None


class Address(StrictModel):
    """A postal address as its country writes it."""

    name: Text | None = None
    company: Text | None = None
    lines: Annotated[tuple[Text, ...], Field(max_length=4)] = ()
    """Street and house, one to four lines; empty where the channel gives the town only."""
    city: Text | None = None
    region: Text | None = None
    postal_code: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    country: Country
    phone: Phone | None = None
