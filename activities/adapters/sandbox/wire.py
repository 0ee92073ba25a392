"""What goes over the wire to and from a sandbox partner, beside our own words."""

from typing import Annotated, Generic, TypeAlias, TypeVar
from urllib.parse import quote

from pydantic import Field

from models.base import StrictModel, Text
from models.money import Money
from models.partners.asking import Ask
from models.partners.transfers import PurchaseRequisition, TransferOrder
from models.partners.warehouse import NodeCount

Answer = TypeVar("Answer", bound=StrictModel)
Effect: TypeAlias = Ask | PurchaseRequisition | TransferOrder
"""A request for one effect: for an order, or for stock."""

KEY_HEADER = "Idempotency-Key"
NO_SUCH_EFFECT = "no_such_effect"
"""The code of a look-up's answer when nothing was done under the key."""
_VISIBLE = "!#$&'()*+,/:;=?@[]"


class Receipt(StrictModel, Generic[Answer]):
    """An answer to a request for an effect; it repeats what was asked, so that a mixed-up answer shows."""

    key: Annotated[str, Field(min_length=1, max_length=250)]
    order_id: Text | None = None
    """None where it was not for an order."""
    amount: Money | None = None
    """The money it moved or stands for, if any."""
    answer: Answer


class Counts(StrictModel):
    """What lies on the shelves, by the warehouse's count or by the ERP's books."""

    counts: tuple[NodeCount, ...]


class Problem(StrictModel):
    """A refusal (RFC 9457), as the sandbox writes it."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


def order_of(effect: Effect) -> str | None:
    """Say which order an effect is for; None: for none."""
    return None if isinstance(effect, PurchaseRequisition) else effect.order_id


def key_header(key: str) -> str:
    """Spell a key so that it may stand in a header: visible ASCII, all else percent-encoded."""
    return quote(key, safe=_VISIBLE)


def effect_path(key: str) -> str:
    """Where the effect made under a key is looked up."""
    return f"/effects/{quote(key, safe='')}"
