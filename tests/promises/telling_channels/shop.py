"""A world whose channel is connected: it keeps what it is told, and can be made to fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.order.assessment import Assessment, AssessmentRequest
from models.partners.asking import Done
from models.partners.channels import ChannelCancellation, ChannelFulfilment, ChannelRefund, ChannelUpdate
from models.partners.erp import CreditMemo
from models.partners.feeds import FeedQuery, OrdersPage
from models.partners.notices import Audience, NoticeKind
from models.policy.fulfilment import FulfilmentPolicy
from models.stock.publication import OfferBatch
from tests.promises.orders.world import FakeBook, FakeErp, World, ports


@dataclass
class ConnectedWorld(World):
    """Every partner, and a shop that hears of its orders."""

    told: list[ChannelUpdate] = field(default_factory=list)
    """Each update once, in the order they came."""
    rules: FulfilmentPolicy | None = None
    """How goods are sent; none: as the policies have it."""

    def told_of(self, kind: type) -> list[Any]:
        return [update for update in self.told if isinstance(update, kind)]

    @property
    def parcels(self) -> list[dict[str, int]]:
        """What was in each parcel the channel was told of, by line."""
        return [_lines(update) for update in self.told_of(ChannelFulfilment)]

    @property
    def cancelled(self) -> list[tuple[bool, dict[str, int]]]:
        return [(update.whole, _lines(update)) for update in self.told_of(ChannelCancellation)]

    @property
    def given_back(self) -> list[tuple[int, bool]]:
        """Each refund, in minor units, and whether the channel is to move the money."""
        return [(update.amount.amount, update.held_by_channel) for update in self.told_of(ChannelRefund)]

    def noticed(self, audience: Audience) -> list[NoticeKind]:
        return [notice.kind for notice in self.notices if notice.audience is audience]


def _lines(update: Any) -> dict[str, int]:
    return {line.line_id: line.quantity for line in update.lines}


class FakeShop:
    """One connected channel."""

    def __init__(self, world: ConnectedWorld) -> None:
        self.world = world

    async def tell(self, update: ChannelUpdate) -> Done:
        def hear() -> Done:
            self.world.told.append(update)
            return Done(reference=f"U-{len(self.world.told)}")

        return await self.world.effect("tell", update.key, hear)

    async def orders(self, query: FeedQuery) -> OrdersPage:
        return OrdersPage(payloads=(), cursor=query.cursor)

    async def publish(self, batch: OfferBatch) -> Done:
        return Done(reference=batch.key)


class CreditingErp(FakeErp):
    """An ERP that credits what was invoiced."""

    async def credit_memo(self, memo: CreditMemo) -> Done:
        return await self.world.effect("credit_memo", memo.key, lambda: Done(reference="CM-1"))


class ConnectedBook(FakeBook):
    """Judges that the channel is told itself."""

    async def assess(self, request: AssessmentRequest) -> Assessment:
        assessment = await super().assess(request)
        assert isinstance(self.world, ConnectedWorld)
        rules = self.world.rules or assessment.fulfilment
        return assessment.model_copy(update={"channel_connected": True, "fulfilment": rules})


def connected(world: ConnectedWorld) -> dict[str, Any]:
    """The ports of such a world."""
    ours = {"erp": CreditingErp(world), "book": ConnectedBook(world), "shops": {"shopify": FakeShop(world)}}
    return ports(world) | ours
