"""What replenishment asks of our own store."""

from temporalio import activity

from activities.ports.stock import Replenishing
from models.partners.transfers import RequisitionAnswer
from models.stock.replenishment import Proposal


class ReplenishingActivities:
    """Verbs over replenishment's port; ours, and quick: run as local activities."""

    def __init__(self, replenishing: Replenishing) -> None:
        """Ask this one."""
        self._replenishing = replenishing

    @activity.defn(name="replenishing.proposals")
    async def proposals(self, most: int) -> tuple[Proposal, ...]:
        """What is to be asked for in one round, each written down; and one more, if that is not all."""
        return (await self._replenishing.to_ask(most))[: most + 1]

    @activity.defn(name="replenishing.ordered")
    async def ordered(self, proposal: Proposal, answer: RequisitionAnswer) -> None:
        await self._replenishing.ordered(proposal, answer)

    @activity.defn(name="replenishing.refused")
    async def refused(self, proposal: Proposal, why: str) -> None:
        await self._replenishing.turned_down(proposal, why)
