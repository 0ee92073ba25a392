"""What an order asks of the notification service."""

from temporalio import activity

from activities.ports.partners import Notices
from models.partners.asking import Done
from models.partners.notices import Notice


class NoticeActivities:
    """Verbs over the notification service's port."""

    def __init__(self, notices: Notices) -> None:
        """Speak to this service."""
        self._notices = notices

    @activity.defn(name="notification.send")
    async def send(self, notice: Notice) -> Done:
        return await self._notices.send(notice)
