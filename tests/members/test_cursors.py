"""Statements that are said with every deed reach the database past Django's cursor, and fail and are counted as through it."""

import datetime

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from members.cursors import asked, done

HANDLE = "SELECT handle, joined_at FROM members_member WHERE id = %s"


def test_rows_are_as_the_models_have_them(alice):
    [(handle, joined_at)] = asked(HANDLE, [alice.pk])
    assert handle == alice.handle
    if connection.vendor == "postgresql":
        assert (joined_at, joined_at.tzinfo) == (alice.joined_at, datetime.UTC)


def test_whoever_listens_hears_each_statement(alice):
    heard = []

    def listen(execute, sql, params, many, context):
        heard.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        asked(HANDLE, [alice.pk])
    with CaptureQueriesContext(connection) as logged:
        done("UPDATE members_member SET name = %s WHERE id = %s", ["Alice", alice.pk])
    assert heard == [HANDLE]
    assert [each["sql"].split(" SET ")[0] for each in logged] == ["UPDATE members_member"]


def test_a_failure_is_django_s_and_ends_the_transaction(alice):
    with pytest.raises((ProgrammingError, OperationalError)), transaction.atomic():
        asked("SELECT nothing_of_the_kind FROM members_member WHERE id = %s", [alice.pk])
    assert asked(HANDLE, [alice.pk])


def test_nothing_more_is_said_in_a_broken_transaction(alice):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            asked(HANDLE, [alice.pk])
        transaction.set_rollback(False)


def test_moments_are_of_the_zone_that_the_connection_has_now(alice, settings):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's moments are read by those who ask")
    [(_handle, before)] = asked(HANDLE, [alice.pk])
    settings.USE_TZ = False
    [(_handle, bare)] = asked(HANDLE, [alice.pk])
    settings.USE_TZ = True
    [(_handle, after)] = asked(HANDLE, [alice.pk])
    assert (before.tzinfo, bare.tzinfo, after.tzinfo) == (datetime.UTC, None, datetime.UTC)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_opened_again_is_asked_as_well(alice):
    asked(HANDLE, [alice.pk])
    connection.close()
    assert asked(HANDLE, [alice.pk])[0][0] == alice.handle
