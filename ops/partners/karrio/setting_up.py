"""Karrio set up over its own interface: an administrator's token, the carrier, and what its services cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from ops.partners.karrio.house import HouseCarrier

_WITHIN_S = 60.0
_EVERYWHERE = "everywhere"
_RATE_SHEET = """
mutation($sheet: CreateRateSheetMutationInput!) {
  create_rate_sheet(input: $sheet) { rate_sheet { id } errors { field messages } }
}
"""


def set_up(url: str, email: str, password: str, carrier: HouseCarrier) -> str:
    """Make the carrier; answers the token that our adapter shows.

    Raises:
        StackError: Karrio would not; shows what it said.
    """
    with httpx.Client(base_url=url, timeout=_WITHIN_S, trust_env=False) as client:
        signed_in = _asked(client, "/api/token", {"email": email, "password": password})
        client.headers["Authorization"] = f"Bearer {signed_in['access']}"
        token = str(_graphql(client, "{ token { key } }", {})["token"]["key"])
        client.headers["Authorization"] = f"Token {token}"
        connection = _asked(client, "/v1/connections", _connection(carrier))
        made = _graphql(client, _RATE_SHEET, {"sheet": _rate_sheet(carrier, connection["id"])})
        if made["create_rate_sheet"]["errors"]:
            raise StackError(f"Karrio takes no prices: {made['create_rate_sheet']['errors']}")
    return token


def _connection(carrier: HouseCarrier) -> dict[str, Any]:
    return {
        "carrier_name": "generic",
        "carrier_id": carrier.id,
        "credentials": {
            "display_name": carrier.title,
            "custom_carrier_name": carrier.id,
            "account_country_code": carrier.country,
        },
        "active": True,
        "test_mode": False,
    }


def _rate_sheet(carrier: HouseCarrier, connection: str) -> dict[str, Any]:
    services = [
        {
            "service_name": service.title,
            "service_code": service.code,
            "currency": carrier.currency,
            "active": True,
            "transit_days": service.days,
            "zone_ids": [_EVERYWHERE],
            "max_weight": carrier.max_weight,
            "weight_unit": "KG",
        }
        for service in carrier.services
    ]
    # Services have no id yet; Karrio calls them by their place in the list.
    rates = [
        {"service_id": f"temp-{place}", "zone_id": _EVERYWHERE, "rate": service.price, "transit_days": service.days}
        for place, service in enumerate(carrier.services)
    ]
    return {
        "name": carrier.title,
        "carrier_name": "generic",
        "carriers": [connection],
        "zones": [{"id": _EVERYWHERE, "label": _EVERYWHERE}],
        "services": services,
        "service_rates": rates,
    }


def _graphql(client: httpx.Client, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    answered = _asked(client, "/graphql", {"query": query, "variables": variables})
    if answered.get("errors"):
        raise StackError(f"Karrio: {answered['errors']}")
    return dict(answered["data"])


def _asked(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(path, json=body)
    if not response.is_success:
        raise StackError(f"Karrio answered {path} with {response.status_code}: {response.text[:500]}")
    return dict(response.json())
