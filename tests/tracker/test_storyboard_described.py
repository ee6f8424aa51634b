"""The API's description: all that there is, nothing else, and what answers keeps to it, whatever is asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from hub import bootstrap
from hub.accounts.people import create_person
from hub.accounts.tokens import create_token
from hub.clock import utc_now
from hub.people import Role, operator
from tests.databases import config_for
from tests.tracker.filled import fill_tracker
from tracker.storyboard.described_operations import TOLD
from tracker.storyboard.router import all_answers
from web.app import make_app

OPERATOR = operator("olga")
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
)  # fmt: skip
ASKING = settings(
    max_examples=10,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Hub:
    """A filled hub that runs in this process, a token of an administrator of it, and its description."""

    def __init__(self, folder: Path) -> None:
        self.app = bootstrap.build(config_for(f"sqlite:///{folder}/madang.db", folder))
        self.shell = make_app(self.app)
        self.token = self.app.db.write(self._filled)
        self.schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", self.shell)
        self.schema.config.base_url = "http://testserver/api/v1"

    def _filled(self, session: Any) -> str:
        now = utc_now()
        create_person(session, OPERATOR, "ann", name="Ann Ä", role=Role.ADMINISTRATOR, now=now)
        fill_tracker(session, "ann", now)
        return create_token(session, OPERATOR, "ann", "t", ["admin"], None, now)[1]

    def operation(self, name: str) -> Any:
        """Return an operation by its method and address."""
        method, _, path = name.partition(" ")
        return self.schema[f"/{path.replace('+}', '}')}"][method]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    found = Hub(tmp_path_factory.mktemp("described"))
    yield found
    found.app.db.close()


def test_a_line_end_in_an_address_is_answered_as_the_api_answers(hub: Hub) -> None:
    answer = TestClient(hub.shell).get("/api/v1/projects/a%0Ab")
    assert answer.status_code == 404
    assert answer.json()["faultcode"] == "Client"


def test_each_address_is_described_and_no_other(hub: Hub) -> None:
    assert set(TOLD) == set(all_answers())
    described = TestClient(hub.shell).get("/v1/openapi.json").json()
    operations = {
        f"{method.upper()} {path}" for path, its in described["paths"].items() for method in its
    }
    assert operations == {name.replace(" ", " /").replace("+}", "}") for name in TOLD}
    assert all(each["summary"] for its in described["paths"].values() for each in its.values())


def _near(value: Any) -> Any:
    """Return a number as it is, or every other one near to those that there are."""
    return 1 + abs(value) % 3 if isinstance(value, int) and value % 2 == 0 else value


@pytest.mark.parametrize("who", ["guest", "administrator"])
@pytest.mark.parametrize("name", sorted(TOLD))
def test_whatever_is_asked_the_answer_is_one_of_those_described(
    hub: Hub, name: str, who: str
) -> None:
    headers = {"Authorization": f"Bearer {hub.token}"} if who == "administrator" else {}

    @ASKING
    @given(case=hub.operation(name).as_strategy())
    def ask(case: Any) -> None:
        case.path_parameters = {
            part: _near(value) for part, value in (case.path_parameters or {}).items()
        }
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    ask()
    assert TestClient(hub.shell).get("/api/v1/stories").status_code == 200
