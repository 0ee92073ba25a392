"""What replenishment asks of our own store."""

from datetime import UTC, datetime

from temporalio import activity

from activities.ports.stock import Replenishing
from models.partners.transfers import RequisitionAnswer
from models.stock.replenishment import Proposal

_LAST = datetime.max.replace(tzinfo=UTC)


class ReplenishingActivities:
    """Verbs over replenishment's port; ours, and quick: run as local activities."""

    def __init__(self, replenishing: Replenishing) -> None:
        """Ask this one."""
        self._replenishing = replenishing

    @activity.defn(name="replenishing.proposals")
    async def proposals(self, most: int) -> tuple[Proposal, ...]:
        """The most urgent proposals, and one more where there are more than `most`."""
        found = await self._replenishing.proposals()
        return tuple(sorted(found, key=lambda one: (one.needed_by or _LAST, one.key))[: most + 1])

    @activity.defn(name="replenishing.ordered")
    async def ordered(self, proposal: Proposal, answer: RequisitionAnswer) -> None:
        await self._replenishing.ordered(proposal, answer)
