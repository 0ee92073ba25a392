"""What an order asks of the payment provider."""

from temporalio import activity

from activities.ports.partners import Payments
from models.partners.asking import Done, Undone
from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void


class PaymentActivities:
    """Verbs over the payment provider's port."""

    def __init__(self, payments: Payments) -> None:
        """Speak to this provider."""
        self._payments = payments

    @activity.defn(name="payment.authorise")
    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        return await self._payments.authorise(request)

    @activity.defn(name="payment.capture")
    async def capture(self, capture: Capture) -> Done:
        return await self._payments.capture(capture)

    @activity.defn(name="payment.void")
    async def void(self, void: Void) -> Undone:
        return await self._payments.void(void)

    @activity.defn(name="payment.refund")
    async def refund(self, refund: Refund) -> Done:
        return await self._payments.refund(refund)
