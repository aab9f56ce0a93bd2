"""Every call of the OpenAPI document, with what fits it and what does not: no 500, and no answer that the document does not promise."""

import datetime
import os

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from community.api import api
from community.wsgi import application
from focusgroups import seating
from focusgroups.models import Group, Seat, Study
from members import purchasing
from members.models import ApiKey
from points import accounts, ledger
from surveys import answering, publishing
from surveys.models import Questionnaire
from tests.long import again_for

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Every push a few of each call; OPENAPI_EXAMPLES=200 at a desk, or as many as WALK_MINUTES leave time for.
MINUTES = float(os.environ.get("WALK_MINUTES", "0"))
EXAMPLES = 25 if MINUTES else int(os.environ.get("OPENAPI_EXAMPLES", "2"))
DEFINITION = {"elements": [{"type": "rating", "name": "nps", "title": "Would you recommend us?", "rateMin": 0, "rateMax": 10}]}
DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
CALLS = [(path, method) for path, calls in DOCUMENT["paths"].items() for method in calls]


@pytest.fixture
def connected():
    """As Django's own test client does: a request's end does not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(alice, bob, client, connected):
    """What a call may name that is there, and the key and the session that open every door."""
    _row, token = ApiKey.issue("everything", list(ApiKey.SCOPES))
    wallet = accounts.wallet_of(alice)
    source = accounts.system("issued")
    row = ledger.transfer(ledger.Order(source=source, target=wallet, amount_points=10, reference="there"))
    held = ledger.transfer(ledger.Order(source=source, target=wallet, amount_points=10, reference="held", kind="pending"))
    survey = publishing.create(title="How are we doing?", definition=DEFINITION, slug="doing")
    publishing.publish(survey)
    answering.complete(Questionnaire.objects.get(pk=survey.pk), member=bob, data={"nps": 9})
    group = Group.objects.create(study=Study.objects.create(title="Stock"), title="The busy season")
    seating.invite(group, member=alice, role=Seat.Role.MODERATOR, is_told=False)
    purchasing.record_purchase(alice.company, order_id="A-1", product="Press", amount_fen=100, ordered_on=datetime.date(2026, 11, 1))
    client.force_login(alice)
    ids = {
        "account": wallet.code,
        "transfer_id": str(row.public_id),
        "held_id": str(held.public_id),
        "member_id": str(alice.public_id),
        "company_id": str(alice.company.public_id),
        "slug": "doing",
        "group_id": group.pk,
    }
    session = {django_settings.SESSION_COOKIE_NAME: client.cookies[django_settings.SESSION_COOKIE_NAME].value}
    return ids, {"headers": {"Authorization": f"Bearer {token}"}, "cookies": session}


def from_somewhere(environ, start_response):
    """What every server says of who asks, and a session's trace notes."""
    return application(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)


def operation_of(path, method):
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = from_somewhere
    return schema[path][method.upper()]


@pytest.mark.parametrize("path,method", CALLS, ids=[f"{method} {path}" for path, method in CALLS])  # noqa: PT006
def test_a_call_answers_as_the_document_says(known, path, method):
    ids, doors = known
    operation = operation_of(path, method)
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])
    limits = settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=not MINUTES,
        database=None,
        print_blob=True,
    )

    @limits
    @given(case=cases, is_known=st.booleans())
    def ask(case, is_known):
        if is_known:
            case.path_parameters = {
                **(case.path_parameters or {}),
                **{name: ids[name] for name in ids if name in (case.path_parameters or {})},
            }
            if isinstance(case.body, dict):
                # Whom and what a body names, where what was drawn has such a field.
                case.body = case.body | {name: value for name, value in named(ids).items() if name in case.body}
        with transaction.atomic():
            case.call_and_validate(**doors, checks=CHECKS)

    for _round in again_for(60 * MINUTES / len(CALLS)):
        ask()


def named(ids):
    """What the fields of a body name that is there."""
    return {
        "source": "programme:relationship:issued",
        "target": ids["account"],
        "member": ids["member_id"],
        "company": ids["company_id"],
        "buyer": ids["member_id"],
        "order_id": "A-1",
    }


def fitting(path, ids):
    """What a path is asked with so that it does what it is for: parts of a case."""
    award = {"source": "programme:relationship:issued", "target": ids["account"], "amount_points": 5, "reason": "Workshop"}
    order = {"order_id": "A-2", "company": ids["company_id"], "product": "Ink", "amount_fen": 100, "ordered_on": "2026-11-02"}
    line = "idempotency_key,source,target,amount_points,reason\nf1,programme:relationship:issued," + ids["account"] + ",5,Workshop\n"
    days = {"since": "2026-11-01", "until": "2026-11-30"}
    end = path.removeprefix("/api/v1")
    return {
        "/activities": {"body": {"member": ids["member_id"], "kind": "reported", "cause": "course:1"}},
        "/purchases": {"body": order},
        "/purchases/returns": {"body": {"return_id": "R-1", "order_id": "A-1", "amount_fen": 40, "returned_on": "2026-11-03"}},
        "/ledger/transfers": {"body": award, "headers": {"Idempotency-Key": "k1"}},
        "/ledger/transfers/batch": {"body": {"transfers": [award | {"idempotency_key": "b1"}, award | {"idempotency_key": "b2"}]}},
        "/ledger/transfers/file": {"body": line, "media_type": "text/csv"},
        "/ledger/export": {"query": days},
        "/ledger/transfers/{transfer_id}/post": {"body": {"amount_points": 4}, "path_parameters": {"transfer_id": ids["held_id"]}},
        "/ledger/transfers/{transfer_id}/void": {"path_parameters": {"transfer_id": ids["held_id"]}},
        "/ledger/accounts/{account}": {"query": {"as_of": "2026-11-28T00:00:00Z"}},
        "/surveys": {"body": {"title": "Another", "definition": DEFINITION, "publish": True}},
        "/surveys/{slug}/definition": {"body": {"definition": DEFINITION}},
        "/surveys/{slug}/check": {"body": {"data": {"nps": 9}}},
    }.get(end, {})


@pytest.mark.parametrize("path,method", CALLS, ids=[f"{method} {path}" for path, method in CALLS])  # noqa: PT006
def test_what_fits_a_call_is_done_and_answered_as_the_document_says(known, path, method):
    """What is drawn at random seldom names what is there: so that no call is only ever seen to refuse."""
    ids, doors = known
    said = fitting(path, ids)
    body = {"body": said["body"], "media_type": said.get("media_type", "application/json")} if "body" in said and method == "post" else {}
    case = operation_of(path, method).Case(
        path_parameters={name: ids[name] for name in ids if f"{{{name}}}" in path} | said.get("path_parameters", {}),
        query=said.get("query", {}),
        headers=said.get("headers", {}),
        **body,
    )
    answers = [case.call_and_validate(**doors, checks=CHECKS) for _time in range(2)]
    assert answers[0].status_code in (200, 201), answers[0].text
    assert answers[1].status_code in (200, 201), answers[1].text


@pytest.mark.parametrize("path,method", CALLS, ids=[f"{method} {path}" for path, method in CALLS])  # noqa: PT006
def test_the_document_says_what_each_call_answers(path, method):
    done = {code: answer for code, answer in DOCUMENT["paths"][path][method]["responses"].items() if str(code).startswith("2")}
    schemas = [content["schema"] for answer in done.values() for content in answer["content"].values()]
    assert schemas
    for schema in schemas:
        name = schema.get("$ref", "").rsplit("/", 1)[-1]
        assert schema == {"type": "string"} or DOCUMENT["components"]["schemas"][name]["required"], schema


@pytest.mark.parametrize("number", [0, 2**63, 95841118136696012800])
def test_a_group_of_a_number_that_no_database_holds_is_refused(known, client, number):
    answer = client.get(f"/api/v1/groups/{number}/events")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert client.get(f"/api/v1/groups/{known[0]['group_id']}/events").status_code == 200
