"""Each way in which books can differ is told by its kind, with whose it is, what is at stake and what may heal it."""

from __future__ import annotations

from typing import Any

import pytest

from models.ids import effect_key
from models.money import Money
from models.partners.events import ParcelMoved
from models.policy.reconciling import HealingBudget, OwnerRule, ReconcilingRules
from models.reconciling.books import order_books, unknown_books
from models.reconciling.comparing.classification import COMPARE
from models.reconciling.differences import Comparison, DifferenceKind, Finding, Remedy
from models.reconciling.documents import DocumentKind, PartnerDocument
from models.returns.money import MoneyState, Ways
from models.returns.snapshot import MoneyGiven, ReturnLineProgress, ReturnSnapshot
from models.states.fulfilment import ShipmentState
from models.states.lifecycle import Lifecycle
from models.states.returning import ReturnState
from tests.promises.reconciling.pictures import (
    AUTHORISATION,
    CAPTURE,
    CARRIED,
    GOODS,
    INVOICE,
    LONG_AGO,
    MONEY,
    ORDER,
    PARCEL,
    SALES_ORDER,
    SHIPMENT,
    a_document,
    a_snapshot,
    euro,
)

Kind = DifferenceKind
DOLLARS = Money(amount=2870, currency="USD")


def found(comparison: Comparison, documents: tuple[PartnerDocument, ...], **snapshot: Any) -> list[Finding]:
    return list(COMPARE[comparison](order_books(a_snapshot(**snapshot)), documents))


def but(document: PartnerDocument, **changes: Any) -> PartnerDocument:
    return document.model_copy(update=changes)


def without(*left_out: PartnerDocument) -> tuple[PartnerDocument, ...]:
    return tuple(document for document in (*MONEY, *GOODS) if document not in left_out)


@pytest.mark.parametrize("comparison", list(Comparison))
def test_books_that_agree_differ_in_nothing(comparison: Comparison) -> None:
    assert found(comparison, without()) == []


ANOTHER_INVOICE = but(INVOICE, reference="INV-2")
ANOTHER_CAPTURE = but(CAPTURE, reference="CAP-2", key=effect_key(ORDER, "capture", "P-9"), amount=euro(500))
MONEY_CASES = {
    "the ERP lost the invoice": (without(INVOICE), Kind.MISSING_AT_PARTNER, 2870, Remedy.POST_INVOICE),
    "the ERP lost the order": (without(SALES_ORDER), Kind.MISSING_AT_PARTNER, None, None),
    "an invoice came twice": ((*MONEY, ANOTHER_INVOICE), Kind.DUPLICATE, 2870, None),
    "an invoice is wrong": ((*without(INVOICE), but(INVOICE, amount=euro(2800))), Kind.AMOUNT_DIFFERS, 70, None),
    "an invoice is in dollars": ((*without(INVOICE), but(INVOICE, amount=DOLLARS)), Kind.CURRENCY_DIFFERS, 2870, None),
    "an invoice nobody asked for": ((*MONEY, but(INVOICE, reference="INV-9", key="")), Kind.MISSING_HERE, 2870, None),
    "the order is cancelled there": (
        (*without(SALES_ORDER), but(SALES_ORDER, state="cancelled")),
        Kind.STATE_DIFFERS,
        None,
        None,
    ),
    "nothing was captured": (without(CAPTURE), Kind.MISSING_AT_PARTNER, 2870, None),
    "too little was captured": ((*without(CAPTURE), but(CAPTURE, amount=euro(2000))), Kind.AMOUNT_DIFFERS, 870, None),
    "a capture more": ((*MONEY, ANOTHER_CAPTURE), Kind.MISSING_HERE, 500, None),
    "a capture twice": ((*MONEY, but(CAPTURE, reference="CAP-2")), Kind.DUPLICATE, 2870, None),
    "a capture in dollars": ((*MONEY, but(ANOTHER_CAPTURE, amount=DOLLARS)), Kind.CURRENCY_DIFFERS, 2870, None),
}


@pytest.mark.parametrize("case", MONEY_CASES)
def test_of_money_each_difference_is_told(case: str) -> None:
    documents, kind, at_stake, remedy = MONEY_CASES[case]

    (finding,) = found(Comparison.MONEY, documents)

    assert (finding.kind, finding.remedy) == (kind, remedy)
    assert (finding.at_stake.amount if finding.at_stake else None) == at_stake
    assert finding.order_id == ORDER


def test_what_was_refused_and_asked_for_again_is_the_same_effect() -> None:
    again = but(INVOICE, key=f"{INVOICE.key}~2")

    assert found(Comparison.MONEY, (*without(INVOICE), again)) == []


def test_several_invoices_are_compared_one_by_one_where_their_amounts_are_known_and_as_a_sum_where_not() -> None:
    references = {"erp_order": "SO-1", "invoice P-1": "INV-1", "invoice P-2": "INV-2"}
    parts = (but(INVOICE, amount=euro(2000)), but(INVOICE, reference="INV-2", key="k2", amount=euro(870)))

    agree = found(Comparison.MONEY, (*without(INVOICE), *parts), references=references)
    (differ,) = found(Comparison.MONEY, (*without(INVOICE), *parts), references=references, invoiced=3000)

    assert agree == []
    assert (differ.kind, differ.ours, differ.theirs) == (Kind.AMOUNT_DIFFERS, euro(3000), euro(2870))


def test_a_capture_after_the_order_was_cancelled_is_to_be_given_back() -> None:
    cancelled: dict[str, Any] = {"lifecycle": Lifecycle.CANCELLED, "captured": 0, "invoiced": 0, "parcel": None}
    gone = (but(SALES_ORDER, state="cancelled"), but(AUTHORISATION, state="cancelled"))

    (finding,) = found(Comparison.MONEY, (*gone, CAPTURE), **cancelled)
    refund = a_document(DocumentKind.REFUND, "REF-1", 2870, key=f"{ORDER}/reconciled/CAP-1")
    after = found(Comparison.MONEY, (*gone, CAPTURE, refund), **cancelled)

    assert (finding.kind, finding.remedy, finding.at_stake) == (Kind.MISSING_HERE, Remedy.GIVE_BACK, euro(2870))
    assert after == []
    assert found(Comparison.REFUNDS, (refund,), **cancelled) == []


def test_money_still_set_aside_for_a_cancelled_order_is_told() -> None:
    cancelled: dict[str, Any] = {"lifecycle": Lifecycle.CANCELLED, "captured": 0, "invoiced": 0, "parcel": None}

    (finding,) = found(Comparison.MONEY, (but(SALES_ORDER, state="cancelled"), AUTHORISATION), **cancelled)

    assert (finding.kind, finding.document) == (Kind.STATE_DIFFERS, DocumentKind.AUTHORISATION)


@pytest.mark.parametrize("document", [CAPTURE, INVOICE, AUTHORISATION, SALES_ORDER], ids=lambda one: one.kind.value)
def test_what_is_for_an_order_nobody_has_is_an_orphan(document: PartnerDocument) -> None:
    books = unknown_books("order:shopify:gone", "EUR")

    (finding,) = COMPARE[Comparison.MONEY](books, (document,))

    assert (finding.kind, finding.remedy) == (Kind.ORPHAN, None)


def moved(state: ShipmentState) -> PartnerDocument:
    event = ParcelMoved(event_id="evt-1", order_id=ORDER, occurred_at=LONG_AGO, tracking_number=PARCEL, state=state)
    return but(CARRIED, state=state.value, event=event)


RUNNING = {"lifecycle": Lifecycle.IN_FULFILMENT}
GOODS_CASES = {
    "the order missed its shipment": (RUNNING | {"parcel": None}, GOODS, Kind.MISSING_HERE, Remedy.TELL_ORDER),
    "an order that has ended cannot be told": (
        {"lifecycle": Lifecycle.CANCELLED, "parcel": None},
        GOODS,
        Kind.MISSING_HERE,
        None,
    ),
    "the warehouse knows nothing of it": (RUNNING, (CARRIED,), Kind.MISSING_AT_PARTNER, None),
    "the carrier knows nothing of it": (RUNNING, (SHIPMENT,), Kind.MISSING_AT_PARTNER, None),
    "the carrier is further": (
        RUNNING | {"parcel": ShipmentState.IN_TRANSIT},
        GOODS,
        Kind.STATE_DIFFERS,
        Remedy.TELL_ORDER,
    ),
    "the carrier is behind": (RUNNING, (SHIPMENT, moved(ShipmentState.IN_TRANSIT)), Kind.STATE_DIFFERS, None),
    "a parcel nobody sent": (
        RUNNING,
        (*GOODS, but(moved(ShipmentState.IN_TRANSIT), reference="SB9", key="")),
        Kind.MISSING_HERE,
        None,
    ),
    "a parcel booked twice": (RUNNING, (*GOODS, but(CARRIED, reference="SB9")), Kind.DUPLICATE, None),
}


@pytest.mark.parametrize("case", GOODS_CASES)
def test_of_goods_each_difference_is_told(case: str) -> None:
    snapshot, documents, kind, remedy = GOODS_CASES[case]

    (finding,) = found(Comparison.GOODS, documents, **snapshot)

    assert (finding.kind, finding.remedy) == (kind, remedy)


@pytest.mark.parametrize(
    "document",
    [
        but(CARRIED, reference="SB9", state="label_created", event=None),
        but(CARRIED, reference="SB9", state="cancelled", event=None),
        but(CARRIED, reference="SB9", key="return:shopify:0001:1/label"),
    ],
    ids=["a label nobody used", "a label that was voided", "a parcel on its way back"],
)
def test_parcels_that_are_no_shipment_are_no_difference(document: PartnerDocument) -> None:
    assert found(Comparison.GOODS, (*GOODS, document), **RUNNING) == []


GIFT = "return:shopify:0001:1/refund/1"
REFUND = a_document(DocumentKind.REFUND, "REF-1", 1000, key=f"{GIFT}/card", authorisation="AUTH-1")
MEMO = a_document(DocumentKind.CREDIT_MEMO, "CM-1", 1000, key=f"{GIFT}/memo")


def a_return(state: MoneyState = MoneyState.GIVEN) -> ReturnSnapshot:
    given = MoneyGiven(
        key=GIFT,
        state=state,
        total=euro(1000),
        goods=euro(1000),
        shipping=euro(0),
        fees=euro(0),
        ways=Ways.none("EUR").model_copy(update={"card": euro(1000)}),
        references={"refund": "REF-1", "credit_memo": "CM-1"},
    )
    return ReturnSnapshot(
        return_id="return:shopify:0001:1",
        order_id=ORDER,
        version=1,
        at=LONG_AGO,
        state=ReturnState.REFUNDED,
        lines=(ReturnLineProgress(line_id="1", sku="MUG", requested=1),),
        money=(given,),
    )


REFUND_CASES: dict[str, tuple[tuple[PartnerDocument, ...], Kind | None, Remedy | None]] = {
    "both have it": ((REFUND, MEMO), None, None),
    "no credit memo": ((REFUND,), Kind.MISSING_AT_PARTNER, Remedy.POST_CREDIT_MEMO),
    "no refund": ((MEMO,), Kind.MISSING_AT_PARTNER, None),
    "another amount": ((but(REFUND, amount=euro(900)), MEMO), Kind.AMOUNT_DIFFERS, None),
    "refunded twice": ((REFUND, but(REFUND, reference="REF-2"), MEMO), Kind.DUPLICATE, None),
    "a refund nobody decided": ((REFUND, MEMO, but(REFUND, reference="REF-9", key="")), Kind.MISSING_HERE, None),
}


@pytest.mark.parametrize("case", REFUND_CASES)
def test_of_refunds_each_difference_is_told(case: str) -> None:
    documents, kind, remedy = REFUND_CASES[case]

    findings = COMPARE[Comparison.REFUNDS](order_books(a_snapshot(), [a_return()]), documents)

    assert [(one.kind, one.remedy) for one in findings] == ([(kind, remedy)] if kind else [])


def test_a_refund_that_went_back_to_several_tenders_is_compared_as_a_sum() -> None:
    parts = (
        but(REFUND, amount=euro(600)),
        but(REFUND, reference="REF-2", key=f"{GIFT}/card-2", amount=euro(400)),
        MEMO,
    )
    numbers = {"refund": "REF-1", "refund-2": "REF-2", "credit_memo": "CM-1"}
    (given,) = a_return().money
    books = order_books(
        a_snapshot(),
        [a_return().model_copy(update={"money": (given.model_copy(update={"references": numbers}),)})],
    )

    assert COMPARE[Comparison.REFUNDS](books, parts) == ()
    (less,) = COMPARE[Comparison.REFUNDS](books, (but(parts[0], amount=euro(1)), *parts[1:]))
    assert (less.kind, less.ours, less.theirs) == (Kind.AMOUNT_DIFFERS, euro(1000), euro(401))
    (missing,) = COMPARE[Comparison.REFUNDS](books, (parts[0], MEMO))
    assert (missing.kind, missing.reference) == (Kind.MISSING_AT_PARTNER, "REF-2")


def test_what_is_not_given_yet_is_not_looked_for() -> None:
    books = order_books(a_snapshot(), [a_return(MoneyState.APPROVAL)])

    assert COMPARE[Comparison.REFUNDS](books, ()) == ()


def test_what_the_order_itself_gave_back_is_compared_as_a_sum() -> None:
    own = a_document(DocumentKind.REFUND, "REF-5", 500, key=effect_key(ORDER, "refund", "1"))
    gave = {"refunded_by_provider": euro(500)}

    assert found(Comparison.REFUNDS, (own,), **gave) == []
    (finding,) = found(Comparison.REFUNDS, (but(own, amount=euro(400)),), **gave)
    assert (finding.kind, finding.at_stake) == (Kind.AMOUNT_DIFFERS, euro(100))


def test_a_difference_has_the_same_id_each_time_and_another_than_any_other() -> None:
    findings = [finding for case in MONEY_CASES.values() for finding in found(Comparison.MONEY, case[0])]

    assert [one.id for one in findings] == [
        finding.id for case in MONEY_CASES.values() for finding in found(Comparison.MONEY, case[0])
    ]
    assert len({(one.kind, one.document, one.subject) for one in findings}) == len({one.id for one in findings})


def test_policy_says_whose_a_difference_is() -> None:
    (of_money,) = found(Comparison.MONEY, without(INVOICE))
    (of_goods,) = found(Comparison.GOODS, (CARRIED,), **RUNNING)
    rules = ReconcilingRules(owners=(OwnerRule(kinds=(Kind.MISSING_AT_PARTNER,), owner="audit"),))

    assert [ReconcilingRules().owner_of(one) for one in (of_money, of_goods)] == ["finance", "warehouse"]
    assert rules.owner_of(of_money) == "audit"


def test_places_that_list_nothing_lack_nothing() -> None:
    (of_goods,) = found(Comparison.GOODS, (CARRIED,), **RUNNING)

    assert ReconcilingRules(not_listed=("berlin",)).left_out(of_goods)
    assert not ReconcilingRules().left_out(of_goods)


def test_a_run_heals_so_many_and_so_much_and_leaves_the_rest_to_people() -> None:
    (finding,) = found(Comparison.MONEY, without(INVOICE))
    few = HealingBudget(ReconcilingRules(heal_at_most=1))
    little = HealingBudget(ReconcilingRules(heal_money={"EUR": 5000}))

    assert few.refuse(finding) is None
    assert "more than 1 in one run" in (few.refuse(finding) or "")
    assert little.refuse(finding) is None
    assert "more than one run may put right in EUR" in (little.refuse(finding) or "")
    assert "policy leaves it" in (HealingBudget(ReconcilingRules(heal=())).refuse(finding) or "")
    assert "without a person" in (
        HealingBudget(ReconcilingRules()).refuse(finding.model_copy(update={"remedy": None})) or ""
    )
