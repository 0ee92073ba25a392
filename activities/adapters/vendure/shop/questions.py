"""What a Vendure shop is asked: documents of its Admin API 3.7 (GraphQL)."""

from __future__ import annotations

from typing import Final

_ERROR = "... on ErrorResult { errorCode message }"
_TAXES = "taxLines { description taxRate }"
_DISCOUNTS = "discounts { description amount amountWithTax }"
_ADDRESS = "{ fullName company streetLine1 streetLine2 city province postalCode country countryCode phoneNumber }"
_SETTINGS = "globalSettings { serverConfig { moneyStrategyPrecision } }"
_REFUNDS = "refunds { id total state reason transactionId }"

_LINES = f"""lines {{
    id quantity orderPlacedQuantity unitPrice unitPriceWithTax linePrice linePriceWithTax
    proratedLinePrice proratedLinePriceWithTax {_TAXES} {_DISCOUNTS} productVariant {{ id sku name }}
  }}"""

ORDERS: Final = f"""query Orders($options: OrderListOptions!) {{
  orders(options: $options) {{ totalItems items {{
    id code state orderPlacedAt updatedAt currencyCode totalWithTax couponCodes
    {_LINES}
    surcharges {{ description sku price priceWithTax {_TAXES} }}
    shippingLines {{
      shippingMethod {{ code name }} price priceWithTax discountedPrice discountedPriceWithTax {_DISCOUNTS}
    }}
    payments {{ id method amount state transactionId {_REFUNDS} }}
    fulfillments {{ id state trackingCode lines {{ orderLineId quantity }} }}
    customer {{ id firstName lastName emailAddress phoneNumber }}
    shippingAddress {_ADDRESS}
    billingAddress {_ADDRESS}
    channels {{ pricesIncludeTax }}
  }} }}
  {_SETTINGS}
}}"""
"""Some orders, with all that is read of them."""

STANDING: Final = f"""query Standing($code: String!) {{
  orders(options: {{ filter: {{ code: {{ eq: $code }} }}, take: 1 }}) {{ items {{
    id code state currencyCode totalWithTax
    lines {{ id quantity }}
    payments {{ id method amount state {_REFUNDS} }}
    fulfillments {{ id state trackingCode lines {{ orderLineId quantity }} }}
    history(options: {{ filter: {{ type: {{ in: ["ORDER_CANCELLATION", "ORDER_NOTE"] }} }}, take: 100 }}) {{
      items {{ id type data }}
    }}
  }} }}
  {_SETTINGS}
}}"""
"""What the shop knows of one order's goods and money, and what was written on it."""

SETTLE: Final = f"mutation Settle($id: ID!) {{ done: settlePayment(id: $id) {{ ... on Payment {{ id }} {_ERROR} }} }}"
RELEASE: Final = f"mutation Release($id: ID!) {{ done: cancelPayment(id: $id) {{ ... on Payment {{ id }} {_ERROR} }} }}"
FULFIL: Final = f"""mutation Fulfil($input: FulfillOrderInput!) {{
  done: addFulfillmentToOrder(input: $input) {{ ... on Fulfillment {{ id }} {_ERROR} }}
}}"""
SHIP: Final = f"""mutation Ship($id: ID!) {{
  done: transitionFulfillmentToState(id: $id, state: "Shipped") {{ ... on Fulfillment {{ id }} {_ERROR} }}
}}"""
CANCEL: Final = f"""mutation Cancel($input: CancelOrderInput!) {{
  done: cancelOrder(input: $input) {{ ... on Order {{ id }} {_ERROR} }}
}}"""
REFUND: Final = f"""mutation Refund($input: RefundOrderInput!) {{
  done: refundOrder(input: $input) {{ ... on Refund {{ id }} {_ERROR} }}
}}"""
NOTE: Final = "mutation Note($input: AddNoteToOrderInput!) { done: addNoteToOrder(input: $input) { id } }"

LOCATIONS: Final = "query Locations { stockLocations(options: { take: 2 }) { items { id } } }"
UPDATE_STOCK: Final = """mutation UpdateStock($input: [UpdateProductVariantInput!]!) {
  updateProductVariants(input: $input) { id }
}"""


def shelves(version_field: str) -> str:
    """Ask what the shop has of some articles, and which offer it was last told, in its own field of this name."""
    return f"""query Shelves($skus: [String!]!) {{
  productVariants(options: {{ filter: {{ sku: {{ in: $skus }} }}, take: 100 }}) {{ items {{
    id sku stockLevels {{ stockLocationId stockAllocated }} customFields {{ version: {version_field} }}
  }} }}
}}"""
