"""What is asked of Shopify, as GraphQL; tests hold each against the schema that Shopify publishes."""

_PAGE = "pageInfo { hasNextPage endCursor }"

PARCELS = """
query parcels($id: ID!) {
  order(id: $id) {
    fulfillmentOrders(first: 100) { nodes { id status assignedLocation { location { id } } } }
    fulfillments(first: 250) { id status trackingInfo(first: 10) { number } }
  }
}
"""
"""What may be sent of an order, and what was."""

PARCEL_GOODS = f"""
query parcelGoods($id: ID!, $after: String) {{
  fulfillment(id: $id) {{
    fulfillmentLineItems(first: 100, after: $after) {{ nodes {{ quantity lineItem {{ id }} }} {_PAGE} }}
  }}
}}
"""

OPEN_GOODS = f"""
query openGoods($id: ID!, $after: String) {{
  fulfillmentOrder(id: $id) {{
    lineItems(first: 100, after: $after) {{ nodes {{ id remainingQuantity lineItem {{ id }} }} {_PAGE} }}
  }}
}}
"""

SEND_PARCEL = """
mutation sendParcel($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } }
}
"""

STANDING = """
query standing($id: ID!) { order(id: $id) { id cancelledAt } }
"""

CANCEL = """
mutation cancel($id: ID!, $note: String, $notify: Boolean) {
  orderCancel(
    orderId: $id, reason: OTHER, restock: false, staffNote: $note, notifyCustomer: $notify,
    refundMethod: { originalPaymentMethodsRefund: false }
  ) { job { id } orderCancelUserErrors { field message code } }
}
"""
"""Money goes back by a refund of its own; stock is ours to count."""

MONEY = """
query money($id: ID!) {
  order(id: $id) {
    currencyCode presentmentCurrencyCode
    refunds(first: 250) { id note }
    transactions(first: 250) {
      id kind status gateway parentTransaction { id }
      amountSet { presentmentMoney { amount currencyCode } shopMoney { amount currencyCode } }
    }
  }
}
"""
"""What was paid and given back; `transactions` holds the refunds' own as well."""

DELIVERED = """
query delivered($ids: [ID!]!) {
  nodes(ids: $ids) { ... on LineItem { id refundableQuantity unfulfilledQuantity } }
}
"""

REFUND = """
mutation refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { field message } }
}
"""

NOTE = """
mutation note($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) { metafields { id } userErrors { field message code } }
}
"""

ARTICLES = f"""
query articles($query: String!, $after: String, $namespace: String!) {{
  productVariants(first: 100, query: $query, after: $after) {{
    nodes {{ id sku inventoryItem {{ id }} metafield(namespace: $namespace, key: "offer_version") {{ value }} }} {_PAGE}
  }}
}}
"""

SET_STOCK = """
mutation setStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id } userErrors { field message code }
  }
}
"""

CHANGED = """
query changed($query: String, $first: Int!, $sort: OrderSortKeys!) {
  orders(first: $first, query: $query, sortKey: $sort) { nodes { id updatedAt } pageInfo { hasNextPage } }
}
"""
