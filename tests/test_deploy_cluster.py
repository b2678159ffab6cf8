"""What lies in deploy/cluster/ fits the program, Dask, PostgreSQL and itself; no engine is needed for it."""

import inspect
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask.config
import kubernetes_validate  # type: ignore[import-untyped] # it has no types
import psycopg
import pytest
import yaml  # type: ignore[import-untyped] # it has no types
from botocore.credentials import EnvProvider  # type: ignore[import-untyped] # it has no types
from distributed import Worker
from distributed.cli import dask_scheduler, dask_worker
from distributed.security import Security
from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped] # it has no types

from pipeline.errors import Exit
from pipeline.ledger.postgresql import assert_sound
from pipeline.outstanding.failing import HEALS
from pipeline.run.version import version_of
from pipeline.settings import Options, Settings, load
from tests.test_deploy import COMMANDS, DEPLOY, unit
from tests.test_readme import README, VARIABLE

ROOT = DEPLOY.parent
CLUSTER = DEPLOY / "cluster"
COMPOSE: dict[str, Any] = yaml.safe_load((CLUSTER / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES = (CLUSTER / "kubernetes.yaml").read_text(encoding="utf-8")
OBJECTS: list[dict[str, Any]] = list(yaml.safe_load_all(KUBERNETES))
DOCKERFILE = DockerfileParser(fileobj=io.BytesIO((CLUSTER / "Dockerfile").read_bytes()))
IMAGE = f"biochar-batch-uploader:{version_of()}"
OURS = ("pipeline", "dask")
PASSWORD = re.compile(r"TOKEN|SECRET|PASSWORD|ACCESS")
OF_THE_IMAGE = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PGDATA"}
"""What the official image of PostgreSQL reads."""
DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")


def of_kind(*kinds: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] in kinds}


def pod(workload: dict[str, Any]) -> dict[str, Any]:
    """The template of the pods that it makes."""
    spec = workload["spec"]
    found: dict[str, Any] = (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)[
        "template"
    ]
    return found


PODS = {name: pod(each) for name, each in of_kind("Deployment", "StatefulSet", "CronJob").items()}
CONTAINERS = {name: each["spec"]["containers"][0] for name, each in PODS.items()}
CONFIG = {name: each["data"] for name, each in of_kind("ConfigMap").items()}


def commands() -> Iterator[list[str]]:
    for one in (*COMPOSE["services"].values(), *CONTAINERS.values()):
        yield one.get("command") or one["args"]


def environment(container: dict[str, Any]) -> dict[str, Any]:
    """Its variables; a value that is taken from elsewhere is an object."""
    given = {name: value for each in container.get("envFrom", ()) for name, value in _set(each).items()}
    return given | {
        each["name"]: each.get("value", each.get("valueFrom")) for each in container.get("env", ())
    }


def _set(source: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = CONFIG[source["configMapRef"]["name"]]
    return found


def every_environment() -> Iterator[dict[str, Any]]:
    yield from (service.get("environment", {}) for service in COMPOSE["services"].values())
    yield from map(environment, CONTAINERS.values())


def test_the_compose_file_is_one_by_the_specification() -> None:
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec")
    judged = subprocess.run([*command, CLUSTER / "compose.yaml"], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize("version", ["1.31.0", kubernetes_validate.latest_version()])
def test_every_object_is_one_by_the_schemas_of_kubernetes(version: str) -> None:
    for each in OBJECTS:
        kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("command", [each for each in commands() if each[0] in OURS], ids=" ".join)
def test_a_command_is_one_that_the_program_or_dask_takes(command: list[str]) -> None:
    program, name, *words = command
    if program == "pipeline":
        assert COMMANDS[name].make_context(name, list(words)).params["cluster"]
    else:
        cli = {"scheduler": dask_scheduler, "worker": dask_worker}[name].main
        cli.make_context(name, list(words))


def test_a_worker_does_one_part_at_a_time_and_hears_its_end_itself() -> None:
    workers = [each for each in commands() if each[:2] == ["dask", "worker"]]
    assert len(workers) == 2
    for words in workers:
        asked = dask_worker.main.make_context("worker", words[2:]).params
        assert asked["nthreads"] == 1
        assert asked["nanny"] is False


def test_every_variable_is_known_to_the_program_dask_psql_s3_or_the_image() -> None:
    of_psycopg = {each.envvar.decode() for each in psycopg.pq.Conninfo.get_defaults() if each.envvar}
    of_botocore = {EnvProvider.ACCESS_KEY, EnvProvider.SECRET_KEY}
    known = set(VARIABLE.findall(README)) | of_psycopg | of_botocore | OF_THE_IMAGE
    for variables in every_environment():
        assert {name for name in variables if not name.startswith("DASK_")} <= known


def test_every_variable_of_dask_sets_what_dask_has() -> None:
    image = DOCKERFILE.envs
    for name in {*CONFIG["dask"], *(each for each in image if each.startswith("DASK_"))}:
        setting = name.removeprefix("DASK_").lower().replace("__", ".")
        assert dask.config.get(setting, default="unheard of") != "unheard of", name


def test_no_secret_has_its_value_here() -> None:
    for variables in every_environment():
        for name, value in variables.items():
            if not PASSWORD.search(name):
                assert not isinstance(value, dict)
            elif isinstance(value, dict):
                assert value.keys() == {"secretKeyRef"}
            else:
                assert re.fullmatch(r"\$\{(ISOMETRIC|PG)\w+:\?[^}]+\}", value), name
    assert "Secret" not in {each["kind"] for each in OBJECTS}


def test_the_scheduler_has_no_credential() -> None:
    assert "environment" not in COMPOSE["services"]["scheduler"]
    assert environment(CONTAINERS["scheduler"]) == CONFIG["dask"]


def test_workers_and_night_act_for_the_same_organisation_on_the_same_ledger() -> None:
    here = {name: each.get("environment") for name, each in COMPOSE["services"].items()}
    there = {name: environment(each) for name, each in CONTAINERS.items()}
    for each in (here, there):
        assert each["night"] == {**each["worker"], "PIPELINE_CONFIG": "/srv/biochar/pipeline.toml"}


def test_nobody_gives_dask_work_without_a_certificate_of_its_authority() -> None:
    found = dask.config.merge(dask.config.config, dask.config.collect_env(CONFIG["dask"]))
    with dask.config.set(found):
        security = Security()  # type: ignore[no-untyped-call]
    assert security.require_encryption
    for role in ("scheduler", "worker", "client"):
        asked = security.get_tls_config_for_role(role)  # type: ignore[no-untyped-call]
        assert set(asked) >= {"ca_file", "cert", "key"}
        assert all(asked[each].startswith("/etc/dask-tls/") for each in ("ca_file", "cert", "key"))


def test_every_name_that_is_used_in_kubernetes_is_there() -> None:
    keys = set(re.findall(r"create secret generic ([\w-]+)((?: --from-file=[\w.-]+)+)", KUBERNETES))
    secrets = {name: set(re.findall(r"--from-file=([\w.-]+)", files)) for name, files in keys}
    claims = {*of_kind("PersistentVolumeClaim")}
    for name, template in PODS.items():
        for variable in environment(CONTAINERS[name]).values():
            if isinstance(variable, dict):
                reference = variable["secretKeyRef"]
                assert reference["key"] in secrets[reference["name"]]
        volumes = {each["name"]: each for each in template["spec"].get("volumes", ())}
        claimed = of_kind("StatefulSet").get(name, {}).get("spec", {}).get("volumeClaimTemplates", ())
        mounted = {each["name"] for each in CONTAINERS[name]["volumeMounts"]}
        assert mounted == volumes.keys() | {each["metadata"]["name"] for each in claimed}
        for volume in volumes.values():
            assert volume.get("secret", {}).get("secretName") in {None, *secrets}
            assert volume.get("configMap", {}).get("name") in {None, *CONFIG}
            assert volume.get("persistentVolumeClaim", {}).get("claimName") in {None, *claims}


def test_everything_lies_in_one_namespace() -> None:
    (namespace,) = of_kind("Namespace")
    assert {each["metadata"].get("namespace", namespace) for each in OBJECTS} == {namespace}


def labelled(wanted: dict[str, str]) -> set[str]:
    return {name for name, each in PODS.items() if wanted.items() <= each["metadata"]["labels"].items()}


def test_services_find_their_pods_and_workloads_their_own() -> None:
    for name, service in of_kind("Service").items():
        assert labelled(service["spec"]["selector"]) == {name}
        (port,) = service["spec"]["ports"]
        (there,) = CONTAINERS[name]["ports"]
        assert (port["targetPort"], port["port"]) == (there["name"], there["containerPort"])
    for name, workload in of_kind("Deployment", "StatefulSet").items():
        assert labelled(workload["spec"]["selector"]["matchLabels"]) == {name}


def test_whoever_is_called_by_a_command_or_an_address_is_a_service_at_that_port() -> None:
    services = {(name, each["spec"]["ports"][0]["port"]) for name, each in of_kind("Service").items()}
    called = re.findall(r"(?:tls://|@)(\w+):(\d+)", re.sub(r"#.*", "", KUBERNETES))
    assert {(name, int(port)) for name, port in called} == services
    here = re.findall(r"(?:tcp://|@)(\w+)[:/]", re.sub(r"#.*", "", (CLUSTER / "compose.yaml").read_text()))
    assert set(here) == {"scheduler", "ledger"}


def test_only_workers_and_the_night_reach_the_scheduler_and_the_ledger() -> None:
    policies = of_kind("NetworkPolicy")
    assert policies["nobody"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    reached = {
        "scheduler": {"worker", "night"},
        "ledger": {"worker", "night"},
        "worker": {"worker", "scheduler"},
    }
    for name, policy in policies.items():
        for rule in policy["spec"].get("ingress", ()):
            callers = [labelled(each["podSelector"]["matchLabels"]) for each in rule["from"]]
            assert labelled(policy["spec"]["podSelector"]["matchLabels"]) == {name}
            assert set().union(*callers) == reached.pop(name)
            assert {each["port"] for each in rule["ports"]} == {CONTAINERS[name]["ports"][0]["containerPort"]}
    assert not reached


def test_no_port_is_published() -> None:
    assert not [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all("inside" in service["networks"] for service in COMPOSE["services"].values())
    assert {each["spec"].get("type") for each in of_kind("Service").values()} == {None}


def test_every_pod_may_do_as_little_as_it_can() -> None:
    for name, template in PODS.items():
        assert template["spec"]["automountServiceAccountToken"] is False
        assert template["spec"]["securityContext"]["runAsNonRoot"] is True
        own = CONTAINERS[name]["securityContext"]
        assert (own["allowPrivilegeEscalation"], own["readOnlyRootFilesystem"]) == (False, True)
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert CONTAINERS[name]["resources"]["limits"].keys() >= {"memory"}


def test_who_is_stopped_is_waited_for() -> None:
    service = unit("biochar-night.service")["Service"]["TimeoutStopSec"]
    assert PODS["night"]["spec"]["terminationGracePeriodSeconds"] >= int(service.removesuffix("min")) * 60
    by_dask = inspect.signature(Worker.close).parameters["timeout"].default
    assert PODS["worker"]["spec"]["terminationGracePeriodSeconds"] >= 2 * by_dask


def test_a_night_is_alone_and_repeats_what_heals_itself_and_nothing_else(tmp_path: Path) -> None:
    night = of_kind("CronJob")["night"]["spec"]
    job = night["jobTemplate"]["spec"]
    final = job["podFailurePolicy"]["rules"][-1]
    assert night["concurrencyPolicy"] == "Forbid"
    assert final["action"] == "FailJob"
    assert {Exit(code) for code in final["onExitCodes"]["values"]} == {*Exit} - {*HEALS, Exit.OK}
    assert final["onExitCodes"]["containerName"] == CONTAINERS["night"]["name"]
    most = settings(tmp_path).delivery.max_duration
    assert most
    assert job["activeDeadlineSeconds"] >= most * (job["backoffLimit"] + 1)


def settings(folder: Path) -> Settings:
    """Those of the night, as the program reads them."""
    file = folder / "pipeline.toml"
    file.write_text(CONFIG["settings"]["pipeline.toml"], encoding="utf-8")
    given = {"ISOMETRIC_ACCESS_TOKEN": "a-token", "ISOMETRIC_CLIENT_SECRET": "a-secret", **CONFIG["registry"]}
    return load(folder=folder, environ=given, options=Options())


def test_the_ledger_is_started_as_durable_as_the_program_asserts() -> None:
    for words in (COMPOSE["services"]["ledger"]["command"], CONTAINERS["ledger"]["args"]):
        assert set(DURABLE) <= set(words)
    asserted = re.findall(r'"(\w+)"', inspect.getsource(assert_sound).partition(" in (")[2].partition(")")[0])
    assert {f"{setting}=on" for setting in asserted} == set(DURABLE)


def test_one_image_of_this_version_is_all_that_runs_this_program() -> None:
    images = [each["image"] for each in (*COMPOSE["services"].values(), *CONTAINERS.values())]
    assert {each for each in images if "postgres" not in each} == {IMAGE}
    assert all(re.fullmatch(r"postgres:\d+-\w+", each) for each in images if "postgres" in each)
    assert COMPOSE["services"]["worker"]["build"] == {
        "context": str(Path("../..")),
        "dockerfile": "deploy/cluster/Dockerfile",
    }


def test_the_image_is_of_named_parts_and_runs_as_nobody_in_particular() -> None:
    steps = DOCKERFILE.structure
    allowed = {
        line[1:] for line in (CLUSTER / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"
    }
    copied = {
        word.rstrip("/")
        for step in steps
        if step["instruction"] == "COPY" and "--from" not in step["value"]
        for word in step["value"].split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / each).exists() for each in copied)
    bases = [step["value"].split()[0] for step in steps if step["instruction"] == "FROM"]
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+", each) for each in bases)
    (user,) = (step["value"] for step in steps if step["instruction"] == "USER")
    assert {str(PODS["worker"]["spec"]["securityContext"]["runAsUser"])} == set(user.split(":"))
    installed = [step["value"] for step in steps if "pip install" in step["value"]]
    assert "--require-hashes" in installed[0]
    assert "--no-deps" in installed[1]
