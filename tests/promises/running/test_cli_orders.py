# ruff: noqa: S603 - the programs are ours
"""What an operator does from a terminal: see, decide, and be told plainly when the answer is no."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.cli import main as command
from tests.promises.running.desk import Desk, an_order, open_desk

ORDER = "order:shopify:1"
DECISION = f"POST /v1/orders/{ORDER}/holds/fraud-1/decision"
SAID = {"id": ORDER, "status": "accepted", "message": "hold fraud-1 approved", "location": f"/v1/orders/{ORDER}"}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk() as opened:
        opened.answers[f"GET /v1/orders/{ORDER}"] = (200, an_order())
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        yield opened


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Type a command; answers its exit code, what it said, and its errors."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["orderloom", *words])
        from ops.cli import output

        output.console.cache_clear()
        output.error_console.cache_clear()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return typed


def test_the_only_open_hold_need_not_be_named(desk, run):
    desk.answers[DECISION] = (200, SAID)
    code, said, _ = run("approve", ORDER, "--reason", "a known customer")
    assert (code, said.strip()) == (0, f"{ORDER}: hold fraud-1 approved. It is accepted now.")
    assert desk.asked[-1] == (DECISION, {"decision": "approve", "reason": "a known customer"})


def test_a_hold_that_is_named_is_the_one_decided(desk, run):
    desk.answers[f"POST /v1/orders/{ORDER}/holds/credit-1/decision"] = (200, SAID)
    assert run("reject", ORDER, "credit-1", "--reason", "over the limit")[0] == 0
    assert desk.asked == [
        (f"POST /v1/orders/{ORDER}/holds/credit-1/decision", {"decision": "reject", "reason": "over the limit"})
    ]


def test_with_several_open_holds_one_must_be_named(desk, run):
    first = an_order()["holds"][0]
    two = [first, first | {"id": "credit-1", "owner": "finance", "reason": "over the limit"}]
    desk.answers[f"GET /v1/orders/{ORDER}"] = (200, an_order(holds=two))
    code, _, error = run("approve", ORDER, "--reason", "fine")
    assert code == 1
    assert "fraud-1" in error
    assert "credit-1 (finance: over the limit)" in error
    assert all(what.startswith("GET") for what, _ in desk.asked)


def test_an_order_may_be_called_what_its_channel_calls_it(desk, run):
    desk.answers["GET /v1/orders"] = (200, {"orders": [an_order()], "next_cursor": None})
    desk.answers[f"POST /v1/orders/{ORDER}/cancellation"] = (202, SAID)
    assert run("cancel", "1", "--reason", "changed her mind")[0] == 0
    assert "external_id=1" in desk.queries[0]
    assert run("cancel", "shopify:1", "--reason", "changed her mind")[0] == 0
    assert desk.asked[-1] == (f"POST /v1/orders/{ORDER}/cancellation", {"reason": "changed her mind"})


def test_a_refusal_is_one_line_from_the_problem_document(desk, run):
    problem = {"title": "It contradicts what is there", "detail": "hold fraud-1 was approved already", "code": "x"}
    desk.answers[DECISION] = (409, problem)
    code, said, error = run("approve", ORDER, "fraud-1", "--reason", "fine", "--json")
    assert (code, said) == (1, "")
    assert error.strip() == "orderloom: hold fraud-1 was approved already [409]"


def test_an_answer_that_is_no_problem_document_is_no_traceback(desk, run):
    desk.answers["GET /v1/orders"] = (502, {})
    code, _, error = run("orders")
    assert (code, error.strip()) == (1, "orderloom: the API gave no reason [502]")


def test_filters_are_handed_on_and_pages_are_followed(desk, run):
    desk.answers["GET /v1/orders"] = [
        (200, {"orders": [an_order(1)], "next_cursor": "more"}),
        (200, {"orders": [an_order(2)], "next_cursor": None}),
    ]
    code, said, _ = run("orders", "--status", "on_hold", "--waiting-on", "risk", "--json")
    assert code == 0
    assert [order["external_id"] for order in json.loads(said)["orders"]] == ["1", "2"]
    assert all("status=on_hold" in query and "waiting_on=risk" in query for query in desk.queries)
    assert "cursor=more" in desk.queries[1]
    assert desk.keys == {"Bearer ol_live_test"}


def test_an_order_is_shown_with_its_story_and_what_was_decided(desk, run):
    entry = {"position": 0, "at": "2026-11-21T08:00:00Z", "kind": "step", "text": "received", "actor": "orderloom"}
    decision = {"kind": "fraud", "outcome": "hold", "reasons": ["a guest"], "policy_version": "2026-11-01"}
    desk.answers[f"GET /v1/orders/{ORDER}/timeline"] = (200, {"order_id": ORDER, "entries": [entry]})
    desk.answers[f"GET /v1/orders/{ORDER}/decisions"] = (200, {"order_id": ORDER, "decisions": [decision]})
    code, said, _ = run("show", ORDER)
    assert code == 0
    # The reason has brackets in it, which a console must not take for its own markup.
    for words in ("on_hold", "19.99 EUR", "a guest [in] a hurry", "received", "MUG Mug", "2026-11-01"):
        assert words in said
    code, said, _ = run("show", ORDER, "--json")
    assert json.loads(said) == {"order": an_order(), "timeline": [entry], "decisions": [decision]}


def test_a_guess_at_the_format_is_said(desk, run, tmp_path: Path):
    file = tmp_path / "order.json"
    file.write_text('{"channel": "b2b", "external_id": "PO-1", "lines": []}')
    desk.answers["POST /v1/orders"] = (202, {"id": "order:b2b:PO-1", "status": "received"})
    code, said, _ = run("submit", str(file))
    assert (code, said.strip()) == (0, f"{file}: canonical (by its content): order:b2b:PO-1 received")


def test_what_is_no_order_yet_is_said_to_be_so_and_is_no_failure(desk, run, tmp_path: Path):
    file = tmp_path / "order.json"
    file.write_text("{}")
    noted = {"status": "noted", "quarantine_id": "q-1", "location": "/v1/quarantine/q-1", "errors": []}
    desk.answers["POST /v1/channels/woocommerce/orders"] = (200, {"orders": [noted]})
    code, said, _ = run("submit", "--channel", "woocommerce", str(file))
    assert (code, said.strip()) == (0, f"{file}: woocommerce (by the option): no order yet; noted as q-1")


def test_one_refused_file_does_not_keep_the_others_out(desk, run, tmp_path: Path):
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        file.write_text("{}")
    desk.answers["POST /v1/channels/shopify/orders"] = [
        (422, {"detail": "line 1 has no price", "quarantine_id": "q-1"}),
        (202, {"id": ORDER, "status": "received"}),
    ]
    code, said, _ = run("submit", "--channel", "shopify", "--json", *map(str, files))
    first, second = json.loads(said)["submitted"]
    assert code == 1
    assert first["error"] == "line 1 has no price; kept in quarantine as q-1 [422]"
    assert second["answer"]["id"] == ORDER


def test_a_corrected_payload_is_replayed_in_its_envelope(desk, run, tmp_path: Path):
    file = tmp_path / "corrected.json"
    file.write_text('{"id": 7}')
    desk.answers["POST /v1/quarantine/q-1/replay"] = (202, {"id": ORDER, "status": "received"})
    assert run("quarantine", "replay", "q-1", "--corrected", str(file))[0] == 0
    assert desk.asked == [("POST /v1/quarantine/q-1/replay", {"payload": {"id": 7}})]
    assert run("quarantine", "replay", "q-1")[0] == 0
    assert desk.asked[-1] == ("POST /v1/quarantine/q-1/replay", None)


@pytest.mark.parametrize(
    "words", [("orders", "--nonsense"), ("approve", ORDER), ("submit", "/no/such/file"), ("dance",)]
)
def test_a_command_typed_wrongly_is_exit_code_two(desk, run, words):
    assert run(*words)[0] == 2
    assert desk.asked == []


@pytest.mark.usefixtures("desk")
def test_a_file_that_gives_no_hint_of_its_format_is_exit_code_two(run, tmp_path: Path):
    file = tmp_path / "mystery.json"
    file.write_text('{"hello": "world"}')
    code, _, error = run("submit", str(file))
    assert (code, len(error.strip().splitlines())) == (2, 1)
    assert "--channel" in error


def test_a_stack_that_is_not_there_is_exit_code_three(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("ORDERLOOM_API_URL", raising=False)
    code, said, error = run("orders", "--json", "--data", str(tmp_path))
    assert (code, said) == (3, "")
    assert "orderloom up" in error
    monkeypatch.setenv("ORDERLOOM_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ORDERLOOM_API_KEY", "k")
    code, said, error = run("orders", "--json", "--data", str(tmp_path))
    assert (code, said, len(error.strip().splitlines())) == (3, "", 1)


def test_help_needs_neither_temporal_nor_a_database():
    heavy = ("temporalio", "sqlalchemy", "httpx")
    told = f"import sys, ops.cli.main; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_journal_of_an_orders_money_is_shown_in_double_entry(desk, run):
    from api.orders.examples import POSTINGS

    desk.answers[f"GET /v1/orders/{ORDER}/postings"] = (200, POSTINGS)
    code, said, _ = run("show", ORDER, "--money")
    assert code == 0
    assert "invoiced" in said
    assert said.count("40.00") == 3
    code, said, _ = run("show", ORDER, "--money", "--json")
    assert json.loads(said) == POSTINGS
