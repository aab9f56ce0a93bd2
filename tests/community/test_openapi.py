"""Every call of the OpenAPI document, with what fits it and what does not: no 500, and no answer that the document does not promise."""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from community.api import api
from community.wsgi import application
from members.models import ApiKey
from points import accounts, ledger
from tests.long import again_for

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Every push a few of each call; OPENAPI_EXAMPLES=200 at a desk, or as many as WALK_MINUTES leave time for.
MINUTES = float(os.environ.get("WALK_MINUTES", "0"))
EXAMPLES = 25 if MINUTES else int(os.environ.get("OPENAPI_EXAMPLES", "2"))
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
def known(alice, connected):
    """What a path may name that is there, and the header that opens every door."""
    _row, token = ApiKey.issue("everything", list(ApiKey.SCOPES))
    wallet = accounts.wallet_of(alice)
    row = ledger.transfer(ledger.Order(source=accounts.system("issued"), target=wallet, amount_points=10, reference="there"))
    ids = {"account": wallet.code, "transfer_id": str(row.public_id), "member_id": str(alice.public_id)}
    return ids, {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path,method", CALLS, ids=[f"{method} {path}" for path, method in CALLS])  # noqa: PT006
def test_a_call_answers_as_the_document_says(known, path, method):
    ids, headers = known
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = application
    operation = schema[path][method.upper()]
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
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)

    for _round in again_for(60 * MINUTES / len(CALLS)):
        ask()
