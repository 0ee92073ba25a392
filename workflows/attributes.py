"""The search attributes: every stuck order is one query away. None holds personal data."""

from temporalio.common import SearchAttributeKey

ORDER_STATUS = SearchAttributeKey.for_keyword("OrderStatus")
"""The headline (models/order/snapshot.py): ``OrderStatus = "on_hold"``."""
HOLD_REASON = SearchAttributeKey.for_keyword_list("HoldReason")
"""The kinds of the open holds: ``HoldReason = "fraud"``."""
CHANNEL = SearchAttributeKey.for_keyword("Channel")
CUSTOMER_ID = SearchAttributeKey.for_keyword("CustomerId")
"""The customer's number at the channel, or ``guest``."""
WAITING_ON = SearchAttributeKey.for_keyword("WaitingOn")
"""The partner or team the order waits for: ``WaitingOn = "erp"``."""
ORDER_VALUE = SearchAttributeKey.for_float("OrderValue")
"""The order's total in major units of its own currency."""

ALL = (ORDER_STATUS, HOLD_REASON, CHANNEL, CUSTOMER_ID, WAITING_ON, ORDER_VALUE)
