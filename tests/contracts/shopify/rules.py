"""What a Shopify shop lets be done, as its documentation has it; every change moves an order's `updatedAt`."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from graphql import GraphQLError

from tests.contracts.shopify.state import Fulfilment, Memory, Movement, PageOf

_TERM = re.compile(r"(updated_at|id):(>=|<=|>|)'?([^' ]+)'?")
_SKU = re.compile(r'sku:"((?:[^"\\]|\\.)*)"')


def refused(message: str, code: str | None = None, field: str = "base") -> list[dict[str, object]]:
    return [{"message": message, "code": code, "field": [field]}]


class Queries:
    """The fields of `QueryRoot`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def order(self, id):  # noqa: A002 - as the schema has it
        order = self._memory.orders.get(id)
        if order is not None and order.cancelling:
            order.cancelling -= 1
            if not order.cancelling:
                order.cancelled_at = order.updated_at = self._memory.tick()
                for line in order.lines:
                    line.removed = line.quantity
        return order

    def nodes(self, ids):
        known = {line.id: line for order in self._memory.orders.values() for line in order.lines}
        return [known.get(each) for each in ids]

    def fulfillment_order(self, id):  # noqa: A002
        return next(portion for order in self._memory.orders.values() for portion in order.portions if portion.id == id)

    def fulfillment(self, id):  # noqa: A002
        return next(sent for order in self._memory.orders.values() for sent in order.sent if sent.id == id)

    def orders(self, query="", first=None, sort_key="PROCESSED_AT"):
        found = [order for order in self._memory.orders.values() if _meets(order, query)]
        # Orders changed in one second come in no order that anybody could rely on.
        by = {"ID": lambda each: each.number, "UPDATED_AT": lambda each: (each.updated_at, -each.number)}
        return PageOf(sorted(found, key=by[sort_key]), first)

    def product_variants(self, query, first=None, after=None):
        wanted = [re.sub(r"\\(.)", r"\1", sku).casefold() for sku in _SKU.findall(query)]
        # A search knows no case, and finds what only begins so.
        found = [
            variant
            for variant in self._memory.variants.values()
            if any(variant.sku.casefold().startswith(sku) for sku in wanted)
        ]
        return PageOf(found, first, after)


def _meets(order, query: str) -> bool:
    for field, comparison, value in _TERM.findall(query):
        mine = order.updated_at if field == "updated_at" else order.number
        theirs = value if field == "updated_at" else int(value)
        if not {">=": mine >= theirs, "<=": mine <= theirs, ">": mine > theirs, "": mine == theirs}[comparison]:
            return False
    return True


class Mutations:
    """The fields of `Mutation`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def fulfillment_create(self, key, fulfillment):  # noqa: ARG002 - takes no idempotency key
        portions = {
            portion.id: (order, portion) for order in self._memory.orders.values() for portion in order.portions
        }
        chosen = []
        for part in fulfillment["lineItemsByFulfillmentOrder"]:
            order, portion = portions[part["fulfillmentOrderId"]]
            if portion.status not in {"OPEN", "IN_PROGRESS"}:
                return {"user_errors": refused(f"Fulfillment order {portion.id} has an unfulfillable status")}
            lines = {line.id: line for line in portion.lines}
            for wanted in part["fulfillmentOrderLineItems"]:
                line = lines[wanted["id"]]
                if wanted["quantity"] > line.remaining_quantity:
                    return {"user_errors": refused("Invalid fulfillment order line item quantity requested.")}
                chosen.append((order, portion, line, wanted["quantity"]))
        if len({portion.place for _, portion, _, _ in chosen}) != 1:
            return {"user_errors": refused("All fulfillment orders must be assigned to the same location.")}
        for _, _, line, quantity in chosen:
            line.sent += quantity
            line.line_item.fulfilled += quantity
        order = chosen[0][0]
        tracking = fulfillment["trackingInfo"]
        lines = [{"line_item": line.line_item, "quantity": quantity} for _, _, line, quantity in chosen]
        made = Fulfilment(self._memory.gid("Fulfillment"), tracking["company"], tracking["number"], lines)
        order.sent.append(made)
        order.updated_at = self._memory.tick()
        return {"fulfillment": made, "user_errors": []}

    def order_cancel(self, key, order_id, **_):  # noqa: ARG002 - takes no idempotency key
        order = self._memory.orders.get(order_id)
        if order is None:
            return {"order_cancel_user_errors": refused("Order does not exist", "NOT_FOUND")}
        if order.cancelled_at or order.cancelling:
            return {"order_cancel_user_errors": refused("Order has already been cancelled", "INVALID")}
        if order.sent:
            return {"order_cancel_user_errors": refused("Cannot cancel an order with fulfillments", "INVALID")}
        order.cancelling = self._memory.jobs_take
        return {"job": {"id": self._memory.gid("Job")}, "order_cancel_user_errors": []}

    def refund_create(self, key, input):  # noqa: A002
        return self._once(key, input, lambda: self._refund(input))

    def _refund(self, wanted):
        order = self._memory.orders[wanted["orderId"]]
        if self._memory.refuses_refunds:
            return {"user_errors": refused("The gateway does not answer")}
        if order.currencies[0] != order.currencies[1] and wanted.get("currency") != order.currencies[1]:
            return {"user_errors": refused("Currency must be the presentment currency of the order")}
        lines = {line.id: line for line in order.lines}
        for each in wanted["refundLineItems"]:
            line = lines[each["lineItemId"]]
            left = line.unfulfilled_quantity if each["restockType"] == "CANCEL" else line.refundable_quantity
            if each["quantity"] > left:
                return {"user_errors": refused("Refund quantity cannot be greater than the refundable quantity")}
            if each["restockType"] == "CANCEL" and not each.get("locationId"):
                return {"user_errors": refused("Location must be given to restock")}
        given = [each for each in order.movements if each.kind == "REFUND"]
        parents = {each.id: each for each in order.movements}
        for each in wanted["transactions"]:
            parent = parents[each["parentId"]]
            gone = sum((other.amount_set.shown for other in given if other.parent_transaction is parent), Decimal())
            if Decimal(each["amount"]) > parent.amount_set.shown - gone:
                return {"user_errors": refused("Refund amount cannot be greater than the amount paid")}
        self._book(order, wanted, lines, parents)
        order.updated_at = self._memory.tick()
        order.given.append({"id": self._memory.gid("Refund"), "note": wanted["note"]})
        return {"refund": order.given[-1], "user_errors": []}

    def _book(self, order, wanted, lines, parents) -> None:
        for each in wanted["refundLineItems"]:
            line, quantity = lines[each["lineItemId"]], each["quantity"]
            if each["restockType"] != "CANCEL":
                line.returned += quantity
                continue
            line.removed += quantity
            for portion in (one for part in order.portions for one in part.lines if one.line_item is line):
                taken = min(quantity, portion.remaining_quantity)
                portion.taken_out += taken
                quantity -= taken
        for each in wanted["transactions"]:
            amount = order.sums(Decimal(each["amount"]))
            parent = parents[each["parentId"]]
            id_ = self._memory.gid("OrderTransaction")
            order.movements.append(Movement(id_, "REFUND", amount, each["gateway"], parent_transaction=parent))

    def metafields_set(self, key, metafields):  # noqa: ARG002 - takes no idempotency key
        if len(metafields) > 25:
            return {"user_errors": refused("Exceeded the maximum metafields input limit of 25.")}
        made = []
        for each in metafields:
            place = (each["ownerId"], each.get("namespace"), each["key"])
            known = self._memory.metafields.setdefault(place, {"id": self._memory.gid("Metafield")})
            known["value"] = each["value"]
            made.append(known)
            if each["ownerId"] in self._memory.orders:
                self._memory.orders[each["ownerId"]].updated_at = self._memory.tick()
        return {"metafields": made, "user_errors": []}

    def inventory_set_quantities(self, key, input):  # noqa: A002
        return self._once(key, input, lambda: self._set(input))

    def _set(self, wanted):
        items = {variant.item: variant for variant in self._memory.variants.values()}
        for each in wanted["quantities"]:
            if "changeFromQuantity" not in each:
                return {"user_errors": refused("changeFromQuantity must be given, if only as null")}
            if each["inventoryItemId"] not in items:
                return {"user_errors": refused("The item could not be found.", "INVALID_INVENTORY_ITEM")}
        for each in wanted["quantities"]:
            items[each["inventoryItemId"]].available = each["quantity"]
        return {"inventory_adjustment_group": {"id": self._memory.gid("InventoryAdjustmentGroup")}, "user_errors": []}

    def _once(self, key, wanted, do):
        if not (key or "").strip():
            raise GraphQLError("The @idempotent directive is required for this mutation")
        said = json.dumps(wanted, sort_keys=True)
        known = self._memory.answered.get(key)
        if known is not None and known[0] != said:
            raise GraphQLError(
                "The same idempotency key cannot be used with different operation parameters.",
                extensions={"code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"},
            )
        if known is None:
            answer = do()
            if answer["user_errors"]:
                self._memory.answered[key] = (said, None)
                return answer
            self._memory.answered[key] = (said, answer)
        elif known[1] is None:
            raise GraphQLError(
                "A previous request with this idempotency key failed.",
                extensions={"code": "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"},
            )
        return self._memory.answered[key][1]
