"""An order from GraphQL, written as Shopify's webhooks write it: in the shape of the REST Admin API.

So one format reads an order however it came, and an order that is read again says the same in the same words. The REST
API itself, which would give this shape, is legacy since October 2024 and closed to new public apps; its shape lives on
in the webhooks. Webhooks leave an order's payments out; they are here as the REST API had them, for what is only
authorised is captured on them.
"""

from __future__ import annotations

from typing import Any

from activities.adapters.shopify.admin.numbers import number

Json = dict[str, Any]


def as_webhook(order: Json) -> Json:
    """Write it.

    Raises:
        KeyError, TypeError: it is not what was asked for.
    """
    return {
        "id": int(number(order["id"])),
        "admin_graphql_api_id": order["id"],
        "name": order["name"],
        "created_at": order["createdAt"],
        "processed_at": order["processedAt"],
        "updated_at": order["updatedAt"],
        "cancelled_at": order["cancelledAt"],
        "currency": order["currencyCode"],
        "presentment_currency": order["presentmentCurrencyCode"],
        "taxes_included": order["taxesIncluded"],
        "test": order["test"],
        "financial_status": (order["displayFinancialStatus"] or "").lower() or None,
        **_totals(order),
        "additional_fees": [
            {"name": fee["name"], "price_set": _sums(fee["price"]), "tax_lines": _taxes(fee)}
            for fee in order["additionalFees"]
        ],
        "tax_lines": _taxes(order),
        "discount_codes": [{"code": code} for code in order["discountCodes"]],
        "discount_applications": _applications(order["discountApplications"]["nodes"]),
        "line_items": [_line(line) for line in order["lineItems"]["nodes"]],
        "shipping_lines": [_shipping(way) for way in order["shippingLines"]["nodes"]],
        "transactions": [_movement(each) for each in order["transactions"] if each["kind"] != "REFUND"],
        # Lines say themselves how many of them are left: what went back is told movement by movement.
        "refunds": [{"transactions": [_movement(each)]} for each in order["transactions"] if each["kind"] == "REFUND"],
        "payment_gateway_names": order["paymentGatewayNames"],
        "payment_terms": _terms(order["paymentTerms"]),
        "checkout_token": order["checkoutToken"],
        "po_number": order["poNumber"],
        "note": order["note"],
        "note_attributes": _attributes(order["customAttributes"]),
        "tags": ", ".join(order["tags"]),
        "email": order["email"],
        "phone": order["phone"],
        "customer": _customer(order["customer"]),
        "company": _company(order["purchasingEntity"]),
        "billing_address": _place(order["billingAddress"]),
        "shipping_address": _place(order["shippingAddress"]),
        "risks": _risks(order["risk"]["recommendation"]),
    }


def _totals(order: Json) -> Json:
    return {
        **_both("total_price", order["totalPriceSet"]),
        **_both("current_total_price", order["currentTotalPriceSet"]),
        **_both("total_tax", order["totalTaxSet"]),
        **_both("total_discounts", order["totalDiscountsSet"]),
        **_both("total_tip_received", order["totalTipReceivedSet"]),
        "total_outstanding": order["totalOutstandingSet"]["shopMoney"]["amount"],
        "original_total_duties_set": _sums(order["originalTotalDutiesSet"]),
        "original_total_additional_fees_set": _sums(order["originalTotalAdditionalFeesSet"]),
    }


def _sums(given: Json | None) -> Json | None:
    if given is None:
        return None
    sides = {"shop_money": given["shopMoney"], "presentment_money": given["presentmentMoney"]}
    return {side: {"amount": money["amount"], "currency_code": money["currencyCode"]} for side, money in sides.items()}


def _both(name: str, given: Json | None) -> Json:
    """An amount in the shop's currency, and its twin in both."""
    return {name: None if given is None else given["shopMoney"]["amount"], f"{name}_set": _sums(given)}


def _taxes(taxed: Json) -> list[Json]:
    return [
        {"title": tax["title"], "rate": tax["rate"], **_both("price", tax["priceSet"])} for tax in taxed["taxLines"]
    ]


def _reductions(reduced: Json) -> list[Json]:
    return [
        {
            **_both("amount", each["allocatedAmountSet"]),
            "discount_application_index": each["discountApplication"]["index"],
        }
        for each in reduced["discountAllocations"]
    ]


def _applications(nodes: list[Json]) -> list[Json]:
    named = ("code", "title", "description")
    return [{name: each.get(name) for name in named} for each in sorted(nodes, key=lambda each: int(each["index"]))]


def _line(line: Json) -> Json:
    written = {
        "id": int(number(line["id"])),
        "variant_id": _number_in(line["variant"]),
        "product_id": _number_in(line["product"]),
        "sku": line["sku"],
        "name": line["name"],
        "title": line["title"],
        "quantity": line["quantity"],
        "current_quantity": line["currentQuantity"],
        "fulfillable_quantity": line["unfulfilledQuantity"],
        **_both("price", line["originalUnitPriceSet"]),
        "discount_allocations": _reductions(line),
        "tax_lines": _taxes(line),
        "duties": [
            {"id": number(duty["id"]), **(_sums(duty["price"]) or {}), "tax_lines": _taxes(duty)}
            for duty in line["duties"]
        ],
        "taxable": line["taxable"],
        "gift_card": line["isGiftCard"],
        "requires_shipping": line["requiresShipping"],
        "properties": _attributes(line["customAttributes"]),
    }
    if line["product"] is None and line["title"].strip().casefold() in {"tip", "tips"}:
        # A webhook marks a tip by this field, whatever it holds.
        written["tip_payment_gateway"] = None
    return written


def _attributes(given: list[Json]) -> list[Json]:
    return [{"name": each["key"], "value": each["value"]} for each in given]


def _number_in(given: Json | None) -> int | None:
    return None if given is None else int(number(given["id"]))


def _shipping(way: Json) -> Json:
    return {
        "title": way["title"],
        "code": way["code"],
        "delivery_category": way["deliveryCategory"],
        "is_removed": way["isRemoved"],
        **_both("price", way["originalPriceSet"]),
        **_both("discounted_price", way["discountedPriceSet"]),
        "discount_allocations": _reductions(way),
        "tax_lines": _taxes(way),
    }


def _movement(each: Json) -> Json:
    money = each["amountSet"]["presentmentMoney"]
    return {
        "id": int(number(each["id"])),
        "kind": each["kind"].lower(),
        "status": each["status"].lower(),
        "gateway": each["gateway"],
        "authorization": each["authorizationCode"],
        "amount": money["amount"],
        "currency": money["currencyCode"],
    }


def _terms(given: Json | None) -> Json | None:
    return None if given is None else {"due_in_days": given["dueInDays"]}


def _customer(given: Json | None) -> Json | None:
    if given is None:
        return None
    return {
        "id": int(number(given["id"])),
        "first_name": given["firstName"],
        "last_name": given["lastName"],
        "email": (given["defaultEmailAddress"] or {}).get("emailAddress"),
        "phone": (given["defaultPhoneNumber"] or {}).get("phoneNumber"),
    }


def _company(given: Json | None) -> Json | None:
    if not given or "company" not in given:
        return None
    return {"id": _number_in(given["company"]), "location_id": _number_in(given["location"])}


def _place(given: Json | None) -> Json | None:
    if given is None:
        return None
    plain = ("name", "company", "address1", "address2", "city", "province", "zip", "country", "phone")
    return {
        **{name: given[name] for name in plain},
        "first_name": given["firstName"],
        "last_name": given["lastName"],
        "province_code": given["provinceCode"],
        "country_code": given["countryCodeV2"],
    }


def _risks(recommendation: str) -> list[Json]:
    return [] if recommendation == "NONE" else [{"recommendation": recommendation.lower()}]
