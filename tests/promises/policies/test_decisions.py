"""A decision is a pure function of policy and facts, and says why and what it did not choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.errors import InvalidInput, NotFound
from models.money import Money
from models.order.document import ChannelRisk, ServiceLevel
from models.order.parties import Address
from models.order.payment_terms import PaymentTerms
from models.partners.erp import CreditAnswer
from models.policy.assess import assess
from models.policy.book import PolicyBook
from models.policy.credit import credit
from models.policy.decision import DecisionKind
from models.policy.screening import approval, compliance, fraud
from models.states.hold import HoldKind
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.world import ITEMS

FOLDER = Path(__file__).parents[3] / "ops" / "policies"
POLICY = PolicyBook.load(FOLDER).current
ABROAD = Address(name="Ada", lines=("Rue 1",), city="Paris", postal_code="75001", country="FR")


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, False),
        ({"changes": {"channel_risk": ChannelRisk.REVIEW}}, True),
        ({"changes": {"channel_risk": ChannelRisk.HIGH}}, True),
        ({"changes": {"channel_risk": ChannelRisk.HIGH}, "channel": "amazon"}, False),
        ({"changes": {"billing_address": ABROAD}}, False),
        ({"changes": {"billing_address": ABROAD}, "customer_id": None, "lamp": 30}, True),
        ({"changes": {"billing_address": ABROAD}, "mug": 60}, True),
        ({"mug": 60}, False),
        ({"customer_id": None, "service": ServiceLevel.EXPEDITED}, False),
    ],
)
def test_fraud_is_held_when_enough_speaks_for_it(changes: dict[str, Any], held: bool) -> None:  # noqa: FBT001
    decision = fraud(POLICY, an_order(**changes))

    assert (decision.outcome == "hold") is held
    assert bool(decision.refused) is held


def test_a_regulated_article_waits_for_compliance_and_a_barred_country_too() -> None:
    barred = ITEMS | {"MUG": ITEMS["MUG"].model_copy(update={"barred_countries": ("DE",)})}

    assert compliance(POLICY, an_order(kit=1), ITEMS).reasons == ("KIT is regulated: medical device",)
    assert compliance(POLICY, an_order(mug=1), barred).reasons == ("MUG may not be sent to DE",)
    assert compliance(POLICY, an_order(mug=1), ITEMS).outcome == "pass"


@pytest.mark.parametrize(
    ("order", "outcome"),
    [({"lamp": 100}, "pass"), ({"lamp": 300}, "hold"), ({"lamp": 300, "channel": "amazon"}, "pass")],
)
def test_what_is_worth_more_than_the_limit_is_approved_by_a_person(order: dict[str, Any], outcome: str) -> None:
    assert approval(POLICY, an_order(**order)).outcome == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({}, "pass"),
        ({"known": False}, "hold"),
        ({"blocked": True}, "hold"),
        ({"exposure": euro(9_001)}, "hold"),
        ({"exposure": euro(9_000)}, "pass"),
    ],
)
def test_credit_is_given_up_to_the_limit(answer: dict[str, Any], outcome: str) -> None:
    facts: dict[str, Any] = {"known": True, "limit": euro(10_000), "exposure": euro(0), **answer}

    assert credit("2026-11-01", euro(1_000), CreditAnswer(**facts)).outcome == outcome


def test_an_assessment_names_every_objection_at_once() -> None:
    order = an_order(kit=1, lamp=300, changes={"channel_risk": ChannelRisk.HIGH})

    found = assess(order, POLICY, ITEMS)

    assert {objection.kind for objection in found.objections} == {
        HoldKind.FRAUD,
        HoldKind.COMPLIANCE,
        HoldKind.APPROVAL,
    }
    assert {decision.kind for decision in found.decisions} >= {DecisionKind.ROUTE, DecisionKind.MASTER_DATA}


def test_the_same_facts_give_the_same_judgement() -> None:
    order = an_order(kit=1, set=2)

    assert assess(order, POLICY, ITEMS) == assess(order, POLICY, ITEMS)


def test_a_bundle_needs_its_parts() -> None:
    needs = assess(an_order(set=3), POLICY, ITEMS).needs

    assert {(need.sku, need.quantity) for need in needs} == {("LAMP", 3), ("MUG", 6)}


def test_a_route_says_which_steps_are_left_out_and_why() -> None:
    found = assess(an_order(terms=PaymentTerms.PREPAID), POLICY, ITEMS)

    route = next(decision for decision in found.decisions if decision.kind is DecisionKind.ROUTE)
    assert {refused.option: refused.reason for refused in route.refused} == {
        "authorise": "the channel holds the money",
        "check credit": "the order is not on account",
    }


def test_decisions_hold_no_personal_data() -> None:
    found = assess(an_order(kit=1), POLICY, ITEMS)

    text = " ".join(decision.model_dump_json() for decision in found.decisions)
    assert "example.com" not in text
    assert "Hauptstr" not in text


def test_an_order_keeps_the_policy_it_came_under() -> None:
    newer = POLICY.model_copy(update={"version": "2027-01-01"})
    book = PolicyBook([POLICY, newer])

    assert book.get(None).version == "2027-01-01"
    assert book.get(POLICY.version) is POLICY
    with pytest.raises(NotFound, match="1999-01-01"):
        book.get("1999-01-01")


def test_compliance_is_never_pinned() -> None:
    stricter = POLICY.compliance.model_copy(update={"barred_destinations": ("DE",)})
    today = POLICY.model_copy(update={"version": "2027-01-01", "compliance": stricter})

    found = assess(an_order(), POLICY, ITEMS, in_force=today)

    assert [objection.reason for objection in found.objections] == ["nothing may be sent to DE"]
    assert found.policy_version == POLICY.version


def test_a_wrong_policy_file_is_refused_with_its_name_and_field(tmp_path: Path) -> None:
    good = (FOLDER / f"{POLICY.version}.yaml").read_text(encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(good.replace("hold_at: 100", "hold_at: many"), encoding="utf-8")

    with pytest.raises(InvalidInput, match=r"/bad\.yaml/fraud/hold_at"):
        PolicyBook.load(tmp_path)


def test_money_of_two_currencies_is_never_added() -> None:
    with pytest.raises(ValueError, match="cannot mix"):
        _ = euro(1) + Money(amount=1, currency="USD")
