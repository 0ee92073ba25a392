"""The ports of stock: our own ledger, its keeping, what channels are told of it, and what is to be bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from models.partners.asking import Done
    from models.partners.transfers import RequisitionAnswer
    from models.partners.warehouse import (
        NodeCount,
    )
    from models.stock.backorders import BackorderAnswer, BackorderRequest
    from models.stock.differences import Difference, DifferenceKind
    from models.stock.events import StockEvent, StockEventAnswer
    from models.stock.outlook import ReleaseCheck, ReleaseOutlook
    from models.stock.publication import OfferBatch
    from models.stock.quantities import Balance
    from models.stock.replenishment import Proposal
    from models.stock.reservation import (
        Consumption,
        ReservationAnswer,
        ReservationCommit,
        ReservationExtension,
        ReservationRelease,
        ReservationRequest,
        ReservationStanding,
    )


class StockLedger(Protocol):
    """What may be promised. Every write is atomic, and the same whether asked once or several times."""

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        """Source and reserve: all of it, or what policy lets go ahead; says what is to be done about the rest."""

    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        """Take a place in the queue; filled at once where stock has come in the meantime."""

    async def extend(self, extension: ReservationExtension) -> ReservationStanding:
        """Hold a reservation longer."""

    async def commit(self, commit: ReservationCommit) -> ReservationStanding:
        """Make a held reservation firm."""

    async def release(self, release: ReservationRelease) -> None:
        """Give back what is still reserved under a key, or a part of it; a backorder leaves the queue."""

    async def consume(self, consumption: Consumption) -> None:
        """Take shipped goods out of reservation and off the shelf."""

    async def consume_beyond(self, consumption: Consumption) -> None:
        """Take shipped goods off the shelf though the reservation has less of them: what has left has left."""

    async def outlook(self, check: ReleaseCheck) -> ReleaseOutlook:
        """Look at nodes and lots once more, right before goods are released."""

    async def apply(self, event: StockEvent, *, source: str) -> StockEventAnswer:
        """Write what happened to stock, told by `source`; once a source and event id."""

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        """What each node has of these articles, lot by lot."""


class StockKeeping(Protocol):
    """What has to be done about stock as time goes by; each call does a part and may be repeated."""

    async def expire(self, *, limit: int) -> int:
        """Let go of held reservations and backorders whose time has run out; answers how many."""

    async def fill(self, *, limit: int) -> int:
        """Serve backorders that stock has come for, in policy's order; answers how many were filled."""

    async def fence(self) -> int:
        """Set aside, and let go, what the rules of ring-fencing and of spikes ask for; answers units moved."""

    async def audit(self) -> tuple[Difference, ...]:
        """Compare movements, balances, reservations and orders; writes the differences down and answers them."""

    async def compare(self, kind: DifferenceKind, theirs: tuple[NodeCount, ...]) -> tuple[Difference, ...]:
        """Compare what lies on the shelves with another's books; writes the differences down and answers them."""


class StockOffers(Protocol):
    """What channels are to be told; their publication is driven by a workflow a channel."""

    async def changed(self) -> tuple[str, ...]:
        """Work out what has changed for each channel; answers the channels that have something to hear."""

    async def next_batch(self, channel: str) -> OfferBatch | None:
        """What the channel is to hear next; the same batch until it is told to be published."""

    async def published(self, batch: OfferBatch) -> None:
        """Note that the channel has it."""


class ChannelStock(Protocol):
    """A channel that shows what it may sell."""

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it; an offer older than one it has changes nothing."""


class Replenishing(Protocol):
    """What is to be bought or moved."""

    async def to_ask(self, most: int) -> tuple[Proposal, ...]:
        """Write down so many, what is not settled and then the most urgent; answers them, and behind them the rest."""

    async def turned_down(self, proposal: Proposal, why: str) -> None:
        """Note that a partner has refused it: it is asked for anew after a while, as it is wanted then."""

    async def ordered(self, proposal: Proposal, answer: RequisitionAnswer) -> None:
        """Note the purchase order: the supply is expected from now on; once a proposal."""
