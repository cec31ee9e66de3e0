"""What the container files and the systemd unit promise, read by parsers and by linters.

No image is built here: that needs a container engine and a registry.
"""

import configparser
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from dockerfile_parse import DockerfileParser
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")


# --- Dockerfile ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage, in order, as (name, value)."""
    parser = DockerfileParser(fileobj=io.BytesIO((ROOT / "Dockerfile").read_bytes()))
    found: list[list[tuple[str, str]]] = []
    for step in parser.structure:
        if step["instruction"] == "FROM":
            found.append([])
        if step["instruction"] != "COMMENT":
            found[-1].append((step["instruction"], step["value"]))
    return found


def values(stage: list[tuple[str, str]], name: str) -> list[str]:
    return [value for instruction, value in stage if instruction == name]


def test_dockerfile_passes_hadolint() -> None:
    hadolint = shutil.which("hadolint", path=TOOLS)
    if hadolint is None:
        pytest.skip("hadolint has no wheel for this platform")
    done = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_base_image_names_its_version(stages: list[list[tuple[str, str]]]) -> None:
    for stage in stages:
        image = values(stage, "FROM")[0].split()[0]
        assert re.fullmatch(r"[a-z./]+:\d+\.\d+-slim", image), image


def test_the_image_runs_as_nobody_in_particular(stages: list[list[tuple[str, str]]]) -> None:
    final = stages[-1]
    assert values(final, "USER") == ["10001:10001"]
    after_user = final[[name for name, _ in final].index("USER") :]
    assert not {"RUN", "COPY", "ADD"} & {name for name, _ in after_user}


def test_the_image_keeps_its_data_in_a_volume_it_may_write_to(
    stages: list[list[tuple[str, str]]],
) -> None:
    final = stages[-1]
    assert json.loads(values(final, "VOLUME")[0]) == ["/data"]
    assert any("install -d -o 10001" in run and "/data" in run for run in values(final, "RUN"))
    names = [name for name, _ in final]
    assert names.index("RUN") < names.index("VOLUME")  # a change of owner after VOLUME is lost


def test_processes_are_started_without_a_shell_so_that_signals_arrive(
    stages: list[list[tuple[str, str]]],
) -> None:
    final = stages[-1]
    assert json.loads(values(final, "ENTRYPOINT")[0]) == ["parley"]
    assert json.loads(values(final, "CMD")[0]) == ["run"]
    assert values(final, "STOPSIGNAL") == ["SIGTERM"]
    health = values(final, "HEALTHCHECK")[0]
    assert json.loads(health.partition("CMD")[2]) == ["parley", "healthcheck"]


def test_the_image_listens_within_and_finds_data_and_config(
    stages: list[list[tuple[str, str]]],
) -> None:
    final = stages[-1]
    env = " ".join(values(final, "ENV"))
    assert "PARLEY_LISTEN=0.0.0.0:8420" in env
    assert "PARLEY_DATA=/data" in env
    assert values(final, "EXPOSE") == ["8420"]
    assert values(final, "WORKDIR") == ["/"]
    assert "config /config" in values(final, "COPY")


def test_what_is_copied_exists_and_reaches_the_builder(
    stages: list[list[tuple[str, str]]],
) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored  # nothing goes unless named
    copied = [
        source
        for stage in stages
        for value in values(stage, "COPY")
        if not value.startswith("--from=")
        for source in value.split()[:-1]
    ]
    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert set(copied) == sent


def test_the_builder_gets_all_that_the_wheel_is_made_of(
    stages: list[list[tuple[str, str]]],
) -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    wanted = {*wheel["targets"]["wheel"]["packages"], *wheel["targets"]["wheel"]["force-include"]}
    copied = {name for value in values(stages[0], "COPY") for name in value.split()[:-1]}
    packed = {name.strip("/") for name in wheel["targets"]["sdist"]["include"]}
    assert wanted <= copied, wanted - copied
    assert wanted <= packed, wanted - packed


def test_what_a_first_start_works_out_is_made_for_the_image_and_kept_out_of_packages(
    stages: list[list[tuple[str, str]]],
) -> None:
    runs = values(stages[0], "RUN")
    installed = next(number for number, run in enumerate(runs) if "/dist/*.whl" in run)
    seeded = [number for number, run in enumerate(runs) if run.endswith("-P -m monitor.app.seed")]
    assert len(seeded) == 1
    assert seeded[0] > installed
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert "/monitor/seed" in build["exclude"]
    assert "/monitor/seed/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_secrets_and_data_stay_out_of_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "**/.env" in ignored
    assert not {"!.env", "!data", "!.git", "!."} & set(ignored)


def test_the_image_installs_by_hash(stages: list[list[tuple[str, str]]]) -> None:
    installs = [
        step
        for stage in stages
        for run in values(stage, "RUN")
        for step in re.split(r"&&", run)
        if "pip install" in step
    ]
    assert installs
    for step in installs:
        assert "--require-hashes -r" in step or "--no-deps --no-index" in step, step


# --- the locks it is built from --------------------------------------------------------------


def locked(name: str) -> dict[str, str]:
    """Versions by package name."""
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_names_versions_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    pattern = re.compile(
        r"[a-z0-9.-]+==[0-9][\w.]*( ; [^\\]+?)?( \\\n    --hash=sha256:[0-9a-f]{64})+"
    )
    assert [entry for entry in entries if not pattern.fullmatch(entry)] == []
    assert "://" not in text


def test_locks_agree_with_each_other() -> None:
    runtime, build, dev = (locked(name) for name in LOCKS)
    assert {**runtime, **build}.items() <= dev.items()


def test_locks_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[^\w.-]", one)[0].replace(".", "-").lower() for one in requirements}

    runtime, build, dev = (set(locked(name)) for name in LOCKS)
    assert names(project["dependencies"]) <= runtime
    assert names(project["optional-dependencies"]["dev"]) <= dev
    assert not names(project["optional-dependencies"]["dev"]) & runtime
    assert "pip" in runtime  # sqlite-utils asks for it
    assert {"hatchling", "editables"} <= build


# --- docker-compose.yml ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
    return found


def test_compose_file_is_valid_by_the_compose_specification() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", ["parley", "demo"])
def test_compose_services_are_confined(compose: dict[str, Any], service: str) -> None:
    found = compose["services"][service]
    assert found["read_only"] is True
    assert found["user"] == "10001:10001"
    assert found["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in found["security_opt"]
    assert "mem_limit" in found
    assert any(mount.startswith("/tmp") for mount in found["tmpfs"])
    assert found["stop_grace_period"] == "15s"
    assert found["build"] == "."
    assert not found["image"].endswith(":latest")
    assert ":" in found["image"]
    assert isinstance(found["command"], list)
    assert found["environment"]["PARLEY_DATA"] == "/data"
    assert not found.get("privileged")


def test_compose_keeps_data_in_a_volume_and_shows_the_config_read_only(
    compose: dict[str, Any],
) -> None:
    assert compose["services"]["parley"]["volumes"] == ["data:/data", "./config:/config:ro"]
    assert (ROOT / "config").is_dir()
    named = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service["volumes"]
        if not mount.startswith(".")
    }
    assert named == set(compose["volumes"])


def test_compose_starts_without_an_env_file(compose: dict[str, Any]) -> None:
    assert compose["services"]["parley"]["env_file"] == [{"path": ".env", "required": False}]


def test_compose_publishes_to_this_machine_alone(compose: dict[str, Any]) -> None:
    service = compose["services"]["parley"]
    assert service["environment"]["PARLEY_LISTEN"] == "0.0.0.0:8420"
    assert service["ports"] == ["127.0.0.1:8420:8420"]


def test_compose_asks_after_health_and_restarts(compose: dict[str, Any]) -> None:
    service = compose["services"]["parley"]
    assert service["healthcheck"]["test"] == ["CMD", "parley", "healthcheck"]
    assert service["restart"] == "unless-stopped"


def test_the_demo_runs_only_when_asked_for_and_without_a_network(compose: dict[str, Any]) -> None:
    assert compose["services"]["demo"]["profiles"] == ["demo"]
    assert compose["services"]["demo"]["command"] == ["demo"]
    assert compose["services"]["demo"]["network_mode"] == "none"
    assert "profiles" not in compose["services"]["parley"]


# --- contrib/parley.service ------------------------------------------------------------------


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names as written
    parser.read(ROOT / "contrib" / "parley.service", encoding="utf-8")
    return parser


def test_the_unit_waits_for_readiness_and_watches(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert service["NotifyAccess"] == "main"
    assert service["WatchdogSec"] == "60"
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == "2"  # a refused configuration stays refused


def test_the_unit_reloads_and_stops(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["TimeoutStopSec"] == "15"
    assert service["KillMode"] == "mixed"
    assert service["ExecStart"].split()[:2] == ["/opt/parley/bin/parley", "run"]


def test_the_unit_is_confined(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["User"] == "parley"
    assert service["StateDirectory"] == "parley"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    for option in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert service[option] == "yes"


def test_the_unit_passes_systemds_own_check(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd on this machine")
    text = (ROOT / "contrib" / "parley.service").read_text()
    copy = tmp_path / "parley.service"
    copy.write_text(text.replace("/opt/parley/bin/parley", sys.executable))
    done = subprocess.run(
        [analyze, "verify", "--man=no", copy], capture_output=True, text=True, timeout=60
    )
    said = [line for line in done.stderr.splitlines() if "parley.service" in line]
    assert (done.returncode, said) == (0, [])
