"""The published description (OpenAPI 3.1) says what the API does: its examples are real, and its answers keep to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.woocommerce.orders import WooCommerceOrders
from api.intake.events import read_event
from api.intake.quarantine import ReplayBody
from api.orders import examples
from api.orders.routes import CancellationBody, DecisionBody
from models.strict_json import read
from tests.promises.api.fakes import KEY
from tests.promises.api.stage import Stage, as_json

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.slow
async def test_it_is_published_as_openapi_31_with_a_page_to_read_it_on(stage: Stage) -> None:
    description = (await stage.stranger.get("/openapi.json")).json()
    assert description["openapi"].startswith("3.1")
    assert (await stage.stranger.get("/docs")).status_code == 200


@pytest.mark.slow
def test_every_reference_in_it_leads_somewhere(stage: Stage) -> None:
    text = json.dumps(stage.app.openapi())
    schemas = stage.app.openapi()["components"]["schemas"]
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= schemas.keys()
    assert "HTTPValidationError" not in schemas


@pytest.mark.slow
def test_every_body_has_an_example_and_every_problem_too(stage: Stage) -> None:
    for name, operation in operations(stage.app.openapi()):
        if "requestBody" in operation:
            assert all(content["example"] for content in operation["requestBody"]["content"].values()), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and "health" not in name:
                assert answer["content"]["application/problem+json"]["examples"], (name, status)


@pytest.mark.slow
def test_every_post_but_a_callback_or_a_file_takes_a_key_for_repeating_it(stage: Stage) -> None:
    for name, operation in operations(stage.app.openapi()):
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        # Events and files name themselves: the same again is known by what it is.
        names_itself = "callbacks" in name or name == "POST /v1/batches"
        assert ("Idempotency-Key" in names) == (name.startswith("POST") and not names_itself), name


def test_the_examples_are_what_the_api_reads() -> None:
    assert CanonicalOrders().read(as_json(examples.CANONICAL_ORDER))[0].document
    assert WooCommerceOrders().read(as_json(examples.WOOCOMMERCE_ORDER))[0].document
    assert read_event("carrier", as_json(examples.CALLBACK))
    for model, example in (
        (DecisionBody, examples.HOLD_DECISION),
        (CancellationBody, examples.CANCELLATION),
        (ReplayBody, examples.CORRECTED),
    ):
        assert read(model, as_json(example))


STAGE = Stage()
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", STAGE.app)
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for result in SCHEMA.get_all_operations()
    for operation in [result.ok()]
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_is_generated_from_it_the_answers_keep_to_it(name: str) -> None:
    @seed(20261121)
    @settings(
        max_examples=40,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[name].as_strategy())
    def keeps(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

    keeps()
