"""A disputed payment is on finance's list until it is won, however long ago its order ended."""

from __future__ import annotations

import pytest

from models.partners.events import DisputeState
from models.policy.reconciling import ReconcilingRules
from models.reconciling.books import order_books, unknown_books
from models.reconciling.comparing.classification import COMPARE, COMPARED
from models.reconciling.differences import Comparison, DifferenceKind
from models.reconciling.documents import DocumentKind
from tests.promises.reconciling.pictures import MONEY, ORDER, a_document, a_snapshot, euro


def disputed(state: DisputeState):
    return a_document(DocumentKind.DISPUTE, "dp_1", 1500, state=state.value, authorisation="AUTH-1")


@pytest.mark.parametrize("state", [state for state in DisputeState if state is not DisputeState.WON])
def test_it_says_how_much_and_where_it_stands(state: DisputeState) -> None:
    books = order_books(a_snapshot())
    assert books.ended

    (finding,) = COMPARE[Comparison.MONEY](books, (*MONEY, disputed(state)))

    assert (finding.kind, finding.document) == (DifferenceKind.MISSING_HERE, DocumentKind.DISPUTE)
    assert (finding.at_stake, finding.their_state, finding.remedy) == (euro(1500), state.value, None)
    assert state.value.replace("_", " ") in finding.reason
    assert ReconcilingRules().owner_of(finding) == "finance"


def test_what_is_closed_by_a_person_is_a_new_matter_once_it_is_decided() -> None:
    books = order_books(a_snapshot())
    opened, lost = (
        COMPARE[Comparison.MONEY](books, (*MONEY, disputed(state)))[0]
        for state in (DisputeState.OPENED, DisputeState.LOST)
    )

    assert opened.id == lost.id
    assert opened.substance != lost.substance


def test_what_is_won_concerns_nobody() -> None:
    assert COMPARE[Comparison.MONEY](order_books(a_snapshot()), (*MONEY, disputed(DisputeState.WON))) == ()


def test_a_dispute_has_the_orders_money_compared_again() -> None:
    assert DocumentKind.DISPUTE in COMPARED[Comparison.MONEY]


def test_a_dispute_about_an_order_we_do_not_have_is_found_too() -> None:
    books = unknown_books(ORDER, "EUR")

    findings = COMPARE[Comparison.MONEY](books, (disputed(DisputeState.OPENED),))

    assert [finding.kind for finding in findings] == [DifferenceKind.ORPHAN]
