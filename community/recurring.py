"""Work that comes round again: what it is called, how often, and the plain function that does it.

Every function may be repeated and may run in two processes at once; what must not be lost lies in tables,
so a round that is missed is made up by the next. Nothing else needs to be started: `manage.py serve`
runs these in a thread, production runs `manage.py work` beside its web processes.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management import call_command
from django.db import close_old_connections

from focusgroups import attending, emptying, reminding, tending
from notifications import mailing
from referrals import forgetting, noticing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Round:
    name: str
    every_seconds: float
    work: Callable[[], object]


def publish_scheduled_pages() -> None:
    call_command("publish_scheduled", verbosity=0)


def clear_sessions() -> None:
    call_command("clearsessions", verbosity=0)


def pay_for_anonymous_answers() -> None:
    from surveys.releasing import record_all_held_back

    record_all_held_back()


def fold_survey_answers() -> None:
    from surveys.tallying import fold_all

    fold_all()


def make_survey_exports() -> None:
    from surveys.delivering import make_waiting

    make_waiting()


def accrue_missed_points() -> None:
    from points.accruing import weigh_missed

    for _progress in weigh_missed():
        pass


def give_what_was_held() -> None:
    from points.maturing import decide_due

    for _progress in decide_due():
        pass


def expire_due_points() -> None:
    from points.lapsing import expire

    for _progress in expire():
        pass


def remind_of_lapsing_points() -> None:
    from points.reminding import remind

    for _progress in remind():
        pass


def remind_of_rewards() -> None:
    from points.reminding import remind_of_rewards

    for _progress in remind_of_rewards():
        pass


def refresh_standings() -> None:
    from points.standings import recompute_all

    for _progress in recompute_all():
        pass


def weigh_trust() -> None:
    from forum.trusting import recompute_all

    for _progress in recompute_all():
        pass


def send_webhooks() -> None:
    from points.webhooks import deliver_due

    deliver_due()


def forget_old_letters() -> None:
    from points.webhooks import forget_old

    forget_old()


def end_what_nobody_answered() -> None:
    from points.gifting import let_time_out
    from points.redeeming import put_back

    let_time_out()
    put_back()


def seal_transfers() -> None:
    from points.sealing import seal

    seal()


def remind_of_bookmarks() -> None:
    from forum.keeping import remind_due

    remind_due()


def write_digests() -> None:
    from forum.digesting import write_due

    write_due()


def run_back_tests() -> None:
    from points.backtesting import run_waiting

    run_waiting()


ROUNDS = [
    Round("accrue missed points", 30, accrue_missed_points),
    Round("give what rules held", 60, give_what_was_held),
    Round("run back-tests", 2, run_back_tests),
    Round("lapse due points", 3_600, expire_due_points),
    Round("remind of lapsing points", 21_600, remind_of_lapsing_points),
    Round("remind of rewards", 86_400, remind_of_rewards),
    Round("refresh standings", 86_400, refresh_standings),
    Round("send webhooks", 5, send_webhooks),
    Round("forget old webhook letters", 86_400, forget_old_letters),
    Round("end gifts and set-asides", 600, end_what_nobody_answered),
    Round("seal transfers", 3_600, seal_transfers),
    Round("publish scheduled pages", 60, publish_scheduled_pages),
    Round("pay for anonymous answers", 600, pay_for_anonymous_answers),
    Round("delete talks whose time is over", 3_600, emptying.empty_due),
    Round("remind of bookmarks", 3_600, remind_of_bookmarks),
    Round("write digests", 1_800, write_digests),
    Round("count survey answers", 5, fold_survey_answers),
    Round("make survey exports", 5, make_survey_exports),
    Round("remind of groups", 300, reminding.remind_due),
    Round("tend boards", 30, tending.tend),
    Round("pause rooms without a moderator", 15, attending.pause_leaderless),
    Round("note who has left a room", 30, attending.note_gone),
    Round("send mails", 10, mailing.send_due),
    Round("notice referrals", 300, noticing.notice_missed),
    Round("forget sent mails", 86_400, mailing.forget_sent),
    Round("forget strangers", 86_400, forgetting.forget_strangers),
    Round("weigh trust in the forum", 21_600, weigh_trust),
    Round("clear old sessions", 86_400, clear_sessions),
]


def run(stop: threading.Event, rounds: list[Round] = ROUNDS) -> None:
    """Do each round when it is due, until told to stop. A round that fails is logged and tried again when it is next due."""
    due = {each.name: time.monotonic() + min(5, each.every_seconds) for each in rounds}
    while not stop.wait(0.5):
        for each in rounds:
            if time.monotonic() >= due[each.name] and not stop.is_set():
                due[each.name] = time.monotonic() + each.every_seconds
                close_old_connections()
                run_once(each)
                close_old_connections()


def run_once(each: Round) -> bool:
    """One round now. Returns whether it succeeded."""
    try:
        each.work()
    except Exception:
        log.exception("round failed: %s", each.name)
        return False
    return True
