"""The stack in small cannot be started by a test; everything its files say about each other can be checked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from temporalio.common import SearchAttributeIndexedValueType

from api.http.metrics import Metrics
from models.settings import PartnerSettings, Settings
from workflows.attributes import ALL

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "ops" / "deploy"
TYPES = {
    SearchAttributeIndexedValueType.KEYWORD: "Keyword",
    SearchAttributeIndexedValueType.KEYWORD_LIST: "KeywordList",
    SearchAttributeIndexedValueType.DOUBLE: "Double",
}


def ours(services: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in services.items() if "build" in service}


def test_the_compose_file_is_what_the_specification_allows(compose: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    assert [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(compose)] == []


def test_every_command_of_ours_exists(services: dict[str, Any]) -> None:
    assert {"api", "workers", "migrate", "seed", "erp", "wms", "payment", "carrier", "notification", "channels"} == set(
        ours(services)
    )
    for name, service in ours(services).items():
        program, *rest = service["command"]
        if program == "python":
            assert rest[0] == "-m"
            module = rest[1]
            assert find_spec(f"{module}.__main__"), f"{name} runs {module}, which cannot be run"
        else:
            assert shutil.which(program, path=str(Path(sys.executable).parent)), f"{name} runs {program}"


@pytest.mark.slow
def test_the_sandbox_partners_take_their_options(services: dict[str, Any]) -> None:
    known = subprocess.run(
        [sys.executable, "-m", "ops.sandbox", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    for service in ours(services).values():
        if "ops.sandbox" in service["command"]:
            asked = {word for word in service["command"] if word.startswith("--")}
            assert {option for option in asked if option not in known} == set()


def test_every_setting_is_one_that_is_read(services: dict[str, Any]) -> None:
    partners = {name for name, field in Settings.model_fields.items() if field.annotation is PartnerSettings}
    known = {f"ORDERLOOM_{name.upper()}" for name in Settings.model_fields if name not in partners}
    known |= {f"ORDERLOOM_{name}__{part}".upper() for name in partners for part in PartnerSettings.model_fields}
    image = set(re.findall(r"\bORDERLOOM_\w+(?==)", (ROOT / "Dockerfile").read_text()))
    assert image
    assert image - known == set()
    for name, service in ours(services).items():
        given = {key for key in service.get("environment", {}) if key.startswith("ORDERLOOM_")}
        # The sandbox partners are no part of the product, and read one variable of their own.
        assert given - known - {"ORDERLOOM_SANDBOX_CALLBACK_SECRET"} == set(), name


def test_the_settings_in_it_are_accepted(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in services["api"]["environment"].items():
        monkeypatch.setenv(key, re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}", lambda found: found[1] or "given", value))
    settings = Settings()
    assert settings.database == "postgresql+psycopg://orderloom:given@postgres:5432/orderloom"
    assert settings.erp.url == "http://erp:8411"
    assert settings.wms.callback_secret.get_secret_value() == "given"


def test_the_sandbox_partners_are_where_everybody_looks_for_them(services: dict[str, Any]) -> None:
    environment = services["workers"]["environment"]
    for name in ("erp", "wms", "payment", "carrier", "notification", "channels"):
        command = services[name]["command"]
        port = command[command.index("--port") + 1]
        assert environment[f"ORDERLOOM_{name.upper()}__URL"].endswith(f"http://{name}:{port}}}")
        assert port in services[name]["healthcheck"]["test"][-1]


def test_whom_a_service_waits_for_exists_and_can_be_waited_for(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services, f"{name} waits for {other}"
            started_with = set(services[other].get("profiles", service.get("profiles", [])))
            assert started_with == set(service.get("profiles", [])), f"{other} may not be started, but {name} waits"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other], f"{name} waits for the health of {other}, which has none"


def test_every_mounted_file_and_volume_exists(compose: dict[str, Any], services: dict[str, Any]) -> None:
    for name, service in services.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            exists = (ROOT / source).is_file() if source.startswith(".") else source in compose["volumes"]
            assert exists, f"{name} mounts {source}"


def test_nothing_is_reached_from_outside_this_machine(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_every_image_has_a_fixed_tag(services: dict[str, Any]) -> None:
    images = [service["image"] for service in services.values()]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert [image for image in images if not re.search(r":(\$\{ORDERLOOM_TAG:-)?v?\d+\.\d+[\w.-]*\}?$", image)] == []


def test_no_secret_has_a_default_and_the_example_names_each(variables: list[tuple[str, str]]) -> None:
    secret = {name for name, _ in variables if re.search("PASSWORD|SECRET|PEPPER", name)}
    must = {name for name, kind in variables if kind == "?"}
    example = dict(line.split("=", 1) for line in (DEPLOY / "example.env").read_text().splitlines() if "=" in line)
    assert secret == must
    assert must <= set(example)


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.yaml")), ids=lambda path: path.name)
def test_every_configuration_can_be_read_and_is_mounted(path: Path, services: dict[str, Any]) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)
    mounted = [volume for service in services.values() for volume in service.get("volumes", [])]
    assert any(volume.startswith(f"./ops/deploy/{path.name}:") for volume in mounted)


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_every_script_can_be_read_by_the_shell(path: Path) -> None:
    subprocess.run(["/bin/sh", "-n", str(path)], check=True)  # noqa: S603 - a script of ours


def test_the_namespace_gets_every_search_attribute() -> None:
    written = re.findall(r"^attribute (\w+) (\w+)$", (DEPLOY / "temporal-namespace.sh").read_text(), re.MULTILINE)
    assert written == [(key.name, TYPES[key.indexed_value_type]) for key in ALL]


def test_the_collector_hands_on_what_it_takes() -> None:
    collector = yaml.safe_load((DEPLOY / "collector.yaml").read_text())
    for pipeline in collector["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            assert set(names) <= set(collector[kind])


def test_prometheus_and_grafana_look_where_something_is(services: dict[str, Any]) -> None:
    prometheus = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text())
    hosts = {target.split(":")[0] for job in prometheus["scrape_configs"] for target in _targets(job)}
    grafana = yaml.safe_load((DEPLOY / "grafana-datasources.yaml").read_text())
    hosts |= {source["url"].split("/")[2].split(":")[0] for source in grafana["datasources"]}
    assert hosts == {"api", "workers", "temporal", "prometheus", "jaeger"}
    assert hosts <= set(services)


def test_every_alert_stands_on_a_number_we_tell_and_names_its_runbook(services: dict[str, Any]) -> None:
    (rules,) = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text())["rule_files"]
    assert f"./ops/deploy/alerts.yaml:{rules}:ro" in services["prometheus"]["volumes"]
    (group,) = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"]
    told = Metrics().page().decode()
    stood_on = {name for alert in group["rules"] for name in re.findall(r"orderloom_\w+", alert["expr"])}
    assert stood_on == {"orderloom_quarantine_open", "orderloom_workflows_standing_still"}
    assert {name for name in stood_on if f"# TYPE {name} gauge" not in told} == set()
    assert all((ROOT / alert["annotations"]["runbook"]).exists() for alert in group["rules"])


def test_the_image_gets_what_it_copies() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    let_through = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    wanted = {source for line in copied for source in line.split()}
    assert wanted == let_through
    assert {source for source in wanted if not (ROOT / source).exists()} == set()


def _targets(job: dict[str, Any]) -> list[str]:
    fixed = [target for group in job.get("static_configs", []) for target in group["targets"]]
    return fixed + [name for group in job.get("dns_sd_configs", []) for name in group["names"]]
