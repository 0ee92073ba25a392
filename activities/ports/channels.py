"""The ports of channels and feeds: what is told there, and what is read there when nobody calls us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.partners.asking import Done
    from models.partners.channels import ChannelUpdate
    from models.partners.events import PartnerEvent
    from models.partners.feeds import FeedPage, FeedQuery, OrdersPage
    from models.stock.events import StockEvent
    from models.stock.publication import OfferBatch


class Channel(Protocol):
    """One shop or marketplace: its orders are read, and it is told what became of them and what it may sell.

    Raises only the four kinds of `models.errors.PartnerError`; each effect carries its key and is there once.
    """

    async def orders(self, query: FeedQuery) -> OrdersPage:
        """Read orders that are new or were changed since; finds what a lost webhook would have told."""

    async def tell(self, update: ChannelUpdate) -> Done:
        """Tell it of a parcel, a cancellation or a refund; `reference` is the channel's own id of what it wrote."""

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it what it may sell; an offer older than one it has changes nothing."""


@runtime_checkable
class Feed(Protocol):
    """A partner that is asked for what has happened; an adapter that answers this as well is polled."""

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read on from a cursor."""


class CallbackReader(Protocol):
    """A partner's own webhooks: what they say in our words."""

    def read(self, body: bytes) -> tuple[PartnerEvent | StockEvent, ...]:
        """Translate a webhook; empty where it is genuine and says nothing that concerns an order.

        Raises:
            models.errors.InvalidInput: it cannot be read, or names an order of ours in a way that cannot be.
        """


class CallbackFormat(CallbackReader, Protocol):
    """Webhooks that show at a look whether they are genuine."""

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check the signature; false where no secret is set. Header names are in lower case."""


@runtime_checkable
class CallbackSigners(CallbackReader, Protocol):
    """Webhooks that do not: their keys are published and have to be fetched, or several partners call at one address.

    `read` is for what was kept without its signature, and is replayed.
    """

    async def signer(self, body: bytes, headers: Mapping[str, str]) -> CallbackReader | None:
        """Say who signed a webhook: it is read as his, whatever else it looks like; none where nobody who may did.

        Raises:
            models.errors.PartnerError: that cannot be told now; the webhook is to come again.
        """


Callbacks = CallbackFormat | CallbackSigners
"""Either of them."""
