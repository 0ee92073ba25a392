"""An order as a webhook gives it, put as Shopify's GraphQL would show the same order."""

from __future__ import annotations

from collections import Counter


def as_graphql(order):
    """By the names of the published schema, spelt with underscores."""
    currencies = (order["currency"], order.get("presentment_currency") or order["currency"])
    both = _Both(currencies)
    transactions = list(order.get("transactions") or ())
    transactions += [each for refund in order.get("refunds") or () for each in refund.get("transactions") or ()]
    return {
        "id": f"gid://shopify/Order/{order['id']}",
        "name": order.get("name") or f"#{order['id']}",
        "created_at": order["created_at"],
        "processed_at": order.get("processed_at") or order["created_at"],
        "updated_at": order.get("updated_at") or order["created_at"],
        "cancelled_at": order.get("cancelled_at"),
        "currency_code": currencies[0],
        "presentment_currency_code": currencies[1],
        "taxes_included": order.get("taxes_included", False),
        "test": order.get("test", False),
        "display_financial_status": (order["financial_status"] or "").upper() or None,
        **{f"{name}_set": both.of(order, name) for name in ("total_price", "total_tax", "total_discounts")},
        "current_total_price_set": both.of(order, "current_total_price") or both.of(order, "total_price"),
        "total_tip_received_set": both.of(order, "total_tip_received") or both.plain("0.00"),
        "total_outstanding_set": both.plain(order.get("total_outstanding") or "0.00"),
        "original_total_duties_set": _sums(order.get("original_total_duties_set")),
        "original_total_additional_fees_set": _sums(order.get("original_total_additional_fees_set")),
        "additional_fees": [
            {"name": fee["name"], "price": _sums(fee["price_set"]), "tax_lines": both.taxes(fee)}
            for fee in order.get("additional_fees") or ()
        ],
        "tax_lines": both.taxes(order),
        "discount_codes": [each["code"] for each in order.get("discount_codes") or ()],
        "discount_applications": {"nodes": _applications(order)},
        "line_items": {"nodes": _lines(order, both), "page_info": {"has_next_page": False, "end_cursor": None}},
        "shipping_lines": {"nodes": [_way(way, both) for way in order.get("shipping_lines") or ()]},
        "transactions": [_movement(each, both) for each in transactions],
        "payment_gateway_names": order.get("payment_gateway_names") or [],
        "payment_terms": order.get("payment_terms"),
        "checkout_token": order.get("checkout_token"),
        "po_number": order.get("po_number"),
        "note": order.get("note"),
        "custom_attributes": _attributes(order.get("note_attributes")),
        "tags": [tag.strip() for tag in (order.get("tags") or "").split(",") if tag.strip()],
        "email": order.get("email") or order.get("contact_email"),
        "phone": order.get("phone"),
        "customer": _customer(order.get("customer")),
        "purchasing_entity": None,
        "billing_address": _place(order.get("billing_address")),
        "shipping_address": _place(order.get("shipping_address")),
        "risk": {"recommendation": _worst(order.get("risks") or ())},
    }


class _Both:
    """Amounts in both currencies; where a webhook gives one alone, the two are the same."""

    def __init__(self, currencies):
        self._currencies = currencies

    def plain(self, amount):
        shop, shown = self._currencies
        return {
            "shop_money": {"amount": amount, "currency_code": shop},
            "presentment_money": {"amount": amount, "currency_code": shown},
        }

    def of(self, given, name):
        twin = given.get(f"{name}_set")
        if twin:
            return _sums(twin)
        return None if given.get(name) is None else self.plain(given[name])

    def taxes(self, taxed):
        return [
            {"title": each["title"], "rate": float(each["rate"]), "price_set": self.of(each, "price")}
            for each in taxed.get("tax_lines") or ()
        ]

    def reductions(self, reduced):
        return [
            {
                "allocated_amount_set": self.of(each, "amount"),
                "discount_application": {
                    "index": each["discount_application_index"],
                    "typename": "ManualDiscountApplication",
                },
            }
            for each in reduced.get("discount_allocations") or ()
        ]


def _sums(twin):
    return None if not twin else {side: twin[side] for side in ("shop_money", "presentment_money")}


def _attributes(given):
    return [{"key": each["name"], "value": each["value"]} for each in given or ()]


def _applications(order):
    shown = []
    for index, each in enumerate(order.get("discount_applications") or ()):
        kind = "DiscountCodeApplication" if each.get("code") else "ManualDiscountApplication"
        known = {name: each.get(name) for name in ("code", "title", "description")}
        shown.append({"typename": kind, "index": index, **known, "title": each.get("title") or "Discount"})
    return shown


def _lines(order, both):
    returned = Counter(
        {
            each["line_item_id"]: each["quantity"]
            for refund in order.get("refunds") or ()
            for each in refund.get("refund_line_items") or ()
        }
    )
    return [_line(line, returned[line["id"]], both) for line in order["line_items"]]


def _line(line, returned, both):
    current = line.get("current_quantity")
    unsent = line.get("fulfillable_quantity")
    done = line.get("fulfillment_status") == "fulfilled"
    return {
        "id": f"gid://shopify/LineItem/{line['id']}",
        "sku": line.get("sku"),
        "name": line.get("name") or line["title"],
        "title": line["title"],
        "quantity": line["quantity"],
        "current_quantity": line["quantity"] - returned if current is None else current,
        "unfulfilled_quantity": (0 if done else line["quantity"] - returned) if unsent is None else unsent,
        "taxable": line.get("taxable", True),
        "is_gift_card": bool(line.get("gift_card")),
        "requires_shipping": line.get("requires_shipping", True),
        "variant": _node("ProductVariant", line.get("variant_id")),
        "product": _node("Product", line.get("product_id")),
        "original_unit_price_set": both.of(line, "price"),
        "discount_allocations": both.reductions(line),
        "tax_lines": both.taxes(line),
        "custom_attributes": _attributes(line.get("properties")),
        "duties": [
            {"id": "gid://shopify/Duty/1", "price": _sums(each), "tax_lines": both.taxes(each)}
            for each in line.get("duties") or ()
        ],
    }


def _node(kind, number):
    return None if number is None else {"id": f"gid://shopify/{kind}/{number}"}


def _way(way, both):
    return {
        "title": way["title"],
        "code": way.get("code"),
        "delivery_category": way.get("delivery_category"),
        "is_removed": bool(way.get("is_removed")),
        "original_price_set": both.of(way, "price"),
        "discounted_price_set": both.of(way, "discounted_price") or both.of(way, "price"),
        "discount_allocations": both.reductions(way),
        "tax_lines": both.taxes(way),
    }


def _movement(each, both):
    amount = both.plain(each["amount"])
    if each.get("currency"):
        amount["presentment_money"]["currency_code"] = each["currency"]
    return {
        "id": f"gid://shopify/OrderTransaction/{each['id']}",
        "kind": each["kind"].upper(),
        "status": each["status"].upper(),
        "gateway": each.get("gateway"),
        "authorization_code": each.get("authorization"),
        "amount_set": amount,
    }


def _customer(given):
    if not given:
        return None
    return {
        "id": f"gid://shopify/Customer/{given['id']}",
        "first_name": given.get("first_name"),
        "last_name": given.get("last_name"),
        "default_email_address": given.get("email") and {"email_address": given["email"]},
        "default_phone_number": given.get("phone") and {"phone_number": given["phone"]},
    }


def _place(given):
    if not given:
        return None
    plain = ("name", "first_name", "last_name", "company", "address1", "address2", "city", "province", "province_code")
    place = {name: given.get(name) for name in (*plain, "zip", "country", "phone")}
    return {**place, "country_code_v2": given.get("country_code")}


def _worst(risks):
    said = {(risk.get("recommendation") or "none").upper() for risk in risks}
    return next((each for each in ("CANCEL", "INVESTIGATE", "ACCEPT") if each in said), "NONE")
