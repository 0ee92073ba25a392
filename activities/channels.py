"""What an order or a return tells its channel."""

from temporalio import activity

from activities.ports.channels import Channel
from models.partners.asking import Done
from models.partners.channels import ChannelUpdate


class ChannelActivities:
    """Verbs over one channel's port; each runs on that channel's own task queue."""

    def __init__(self, channel: Channel) -> None:
        """Tell this channel."""
        self._channel = channel

    @activity.defn(name="channel.tell")
    async def tell(self, update: ChannelUpdate) -> Done:
        return await self._channel.tell(update)
