"""What the readings of all Amazon's formats share: lists that may be null, times, amounts and addresses."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, TypeAdapter, ValidationError, model_validator
from pydantic.alias_generators import to_camel, to_pascal

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront import text
from activities.adapters.storefront.address import address
from activities.adapters.storefront.amounts import MaybeAmount, exact
from models.base import Identifier
from models.errors import InvalidInput
from models.money import Money, known_currency
from models.order.document import Moment
from models.order.parties import Address

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)
NOTHING = Decimal(0)


def _list(value: object) -> object:
    return [] if value is None else value


def _blank(value: object) -> object:
    return None if value in ("", [], {}) else value


def _flag(value: object) -> object:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _maybe_moment(value: object) -> object:
    # A window that makes no sense is left out; only when the order was placed has to be known.
    try:
        return _MOMENT.validate_python(value)
    except ValidationError:
        return None


Items = BeforeValidator(_list)
"""A list that may come as null."""

MaybeText = Annotated[str | None, BeforeValidator(_blank)]

Flag = Annotated[bool, BeforeValidator(_flag)]
"""True, or the text; all else is false."""

MaybeMoment = Annotated[datetime | None, BeforeValidator(_maybe_moment)]

Pieces = Annotated[int, Field(ge=0, le=1_000_000)]
"""How many; Amazon lowers it to none when it cancels an item."""


def _either(name: str) -> Any:  # noqa: ANN401 - what pydantic's Field gives is typed by where it stands
    # v0 writes CountryCode, later formats countryCode.
    return Field(default=None, validation_alias=AliasChoices(name[:1].upper() + name[1:], name))


class AmazonModel(ChannelModel):
    """A part of one of Amazon's documents; a field that comes as null is read as one that does not come."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: object) -> object:
        return {name: each for name, each in value.items() if each is not None} if isinstance(value, dict) else value


class PascalModel(AmazonModel, alias_generator=to_pascal):
    """A part whose names begin with a capital, as Orders API v0 writes them."""


class CamelModel(AmazonModel, alias_generator=to_camel):
    """A part whose names are in camel case, as all later formats write them."""


class AmazonAddress(AmazonModel):
    """An address, in whichever case a format writes its names."""

    name: MaybeText = _either("name")
    attention: MaybeText = _either("attention")
    company: MaybeText = _either("companyName")
    line_1: MaybeText = _either("addressLine1")
    line_2: MaybeText = _either("addressLine2")
    line_3: MaybeText = _either("addressLine3")
    city: MaybeText = _either("city")
    district: MaybeText = _either("district")
    county: MaybeText = _either("county")
    district_or_county: MaybeText = _either("districtOrCounty")
    municipality: MaybeText = _either("municipality")
    region: MaybeText = _either("stateOrRegion")
    postal_code: MaybeText = _either("postalCode")
    country: MaybeText = _either("countryCode")
    phone: MaybeText = _either("phone")

    def canonical(self, at: str) -> Address:
        """Make it ours: Amazon redacts names and streets, so that a town or a country alone will do.

        Raises:
            InvalidInput: no country can be told.
        """
        made = address(
            at=at,
            name=", ".join(dict.fromkeys(each for each in (self.name, self.attention) if each)),
            company=self.company,
            street=(self.line_1, self.line_2, self.line_3, self._quarter()),
            city=self.city,
            region=self.region,
            postal_code=self.postal_code,
            countries=(self.country,),
            phone=self.phone,
            required=True,
        )
        if made is None:
            raise InvalidInput.at(at, "country", f"{text.line(self.country) or 'nothing'} is no country we know")
        return made

    def _quarter(self) -> str:
        """Where in the town, or about it: some countries' post needs it, and our address has no field for it."""
        named = (self.district, self.county, self.district_or_county, self.municipality)
        return ", ".join(dict.fromkeys(each for each in named if each and each not in {self.city, self.region}))


class AmazonMoney(AmazonModel):
    """An amount in major units and its currency."""

    amount: MaybeAmount = _either("amount")
    currency: MaybeText = _either("currencyCode")

    def read(self, currency: str, at: str) -> Money:
        """Read it in the order's currency.

        Raises:
            InvalidInput: another currency, or more decimals than it has.
        """
        self._check(currency, at)
        return exact(self.amount or NOTHING, currency, at)

    def times(self, pieces: int, currency: str, at: str) -> Money:
        """What so many pieces cost at this price, which may be finer than the currency's minor unit.

        Raises:
            InvalidInput: another currency.
        """
        self._check(currency, at)
        return Money.rounded((self.amount or NOTHING) * pieces, currency)

    def _check(self, currency: str, at: str) -> None:
        if self.currency is not None and self.currency != currency and self.amount:
            raise InvalidInput.at(at, "currency", f"is in {self.currency}, but the order in {currency}")


def money(value: AmazonMoney | None, currency: str, at: str) -> Money:
    """Read an amount that may be missing."""
    return Money.zero(currency) if value is None else value.read(currency, at)


def currency_of(amounts: Iterable[AmazonMoney | None], fallback: str | None, at: str) -> str:
    """The order's currency: the first one said.

    Raises:
        InvalidInput: none is said, or none that exists.
    """
    code = next((amount.currency for amount in amounts if amount is not None and amount.currency), fallback)
    if code is None:
        raise InvalidInput.at(at, "currency", "neither an amount nor the marketplace tells the order's currency")
    try:
        return known_currency(code)
    except ValueError as error:
        raise InvalidInput.at(at, "currency", f"{text.line(code) or 'nothing'} is no currency") from error


def node(value: str | None) -> str | None:
    """A store's name, where it can stand as an id."""
    try:
        return _IDENTIFIER.validate_python(value)
    except ValidationError:
        return None


def only_once(names: Iterable[tuple[str, str]]) -> None:
    """Check that no item stands twice.

    Args:
        names: id and pointer of each.

    Raises:
        InvalidInput: two have one id.
    """
    seen: set[str] = set()
    for name, at in names:
        if name in seen:
            raise InvalidInput.at(at, "twice", f"the item {name} stands twice")
        seen.add(name)


def wishes(named: str, customised: str | None, wrapping: str | None, message: str | None) -> list[str]:
    """What the warehouse has to know of an item beside its number.

    Args:
        named: the item.
        customised: where its customisation can be fetched.
        wrapping: the gift wrapping that was chosen.
        message: the greeting that goes with it.
    """
    told = [
        f"{named}: customised as in {customised}" if customised else "",
        f"{named}: gift wrap {wrapping}" if wrapping else "",
    ]
    return [each for each in (*told, message) if each]
