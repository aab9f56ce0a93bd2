"""The engine's process: bounded in time and memory, replaced when it dies, and never a reason to lose an answer."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from surveys import answering, judging
from surveys.engine.pool import Pool
from surveys.engine.process import EngineDown, EngineProcess
from surveys.models import Submission

ONE = {"elements": [{"type": "text", "name": "a", "isRequired": True}]}


@pytest.fixture
def quick(settings):
    settings.SURVEY_ENGINE_SECONDS = 0.7


def test_a_killed_engine_is_replaced_and_no_answer_is_lost(engine, alice, questionnaire, good_answers):
    judging.judge(ONE, {"a": "x"})
    for pid in engine.pids():
        os.kill(pid, signal.SIGKILL)
    answering.complete(questionnaire, member=alice, data=good_answers)
    assert Submission.objects.count() == 1


def test_an_engine_killed_while_it_works_is_asked_again_elsewhere(engine):
    judging.judge(ONE, {"a": "x"})
    slow = {"elements": [{"type": "text", "name": f"q{number}", "visibleIf": f"{{q{number - 1}}} = 'x'"} for number in range(1, 900)]}
    [pid] = engine.pids()
    threading.Timer(0.03, os.kill, (pid, signal.SIGKILL)).start()
    assert judging.judge(slow, {}).valid
    assert pid not in engine.pids()


def test_a_hostile_pattern_is_stopped_and_the_next_call_works(quick):
    hostile = {"elements": [{"type": "text", "name": "a", "validators": [{"type": "regex", "regex": "^(a+)+$"}]}]}
    begun = time.monotonic()
    verdict = judging.judge(hostile, {"a": "a" * 40 + "!"})
    assert not verdict.valid
    assert "limits of time and memory" in verdict.errors[0].message
    assert time.monotonic() - begun < 4
    assert judging.judge(ONE, {"a": "x"}).valid


def test_a_definition_that_eats_memory_is_stopped(settings):
    settings.SURVEY_ENGINE_SECONDS = 10
    growing = "+".join(["{a}"] * 50)
    elements = [{"type": "text", "name": "a"}]
    elements += [
        {"type": "expression", "name": f"x{n}", "expression": growing.replace("{a}", f"{{x{n - 1}}}" if n else "{a}")} for n in range(8)
    ]
    begun = time.monotonic()
    verdict = judging.judge({"elements": elements}, {"a": "b" * 1000})
    assert not verdict.valid
    assert time.monotonic() - begun < 15
    assert judging.judge(ONE, {"a": "x"}).valid


def test_what_eats_memory_is_ended_by_the_memory_limit_long_before_the_clock(engine):
    sums = [{"type": "expression", "name": f"x{number}", "expression": "+".join(["{a}"] * 20)} for number in range(15)]
    hog = {"elements": [{"type": "text", "name": "a"}, *sums]}
    answer, _engine = engine.ask("judge", [json.dumps(hog), json.dumps({"a": "b" * 1_000_000}), ""], 60)
    assert answer == {"error": "memory", "message": "stopped at the memory limit"}
    assert judging.judge(ONE, {"a": "x"}).valid


@pytest.mark.parametrize(
    "definition",
    [
        {
            "elements": [
                {"type": "paneldynamic", "name": "p", "panelCount": 10_000_000, "templateElements": [{"type": "text", "name": "a"}]}
            ]
        },
        {"elements": [{"type": "dropdown", "name": "d", "choicesMin": 1, "choicesMax": 10_000_000}]},
        {"elements": [{"type": "text", "name": "a", "visibleIf": " or ".join(["{a} = 1"] * 20_000)}]},
    ],
)
def test_oversized_definitions_are_bounded(quick, definition):
    begun = time.monotonic()
    with contextlib.suppress(judging.BadDefinition, EngineDown):
        judging.judge(definition, {})
    assert time.monotonic() - begun < 8
    assert judging.judge(ONE, {"a": "x"}).valid


def test_answers_cannot_reach_the_engines_own_objects():
    assert not judging.judge(ONE, {"a": "x", "__proto__": {"polluted": 1}}).valid
    deep = {"a": {"constructor": {"prototype": {"polluted": 1}}}}
    assert not judging.judge(ONE, deep).valid
    spy = {"elements": [{"type": "expression", "name": "a", "expression": "{polluted}"}]}
    assert judging.judge(spy, {}).data == {}


def test_deep_answers_are_refused_before_the_engine():
    deep: object = "x"
    for _level in range(20):
        deep = [deep]
    assert judging.judge(ONE, {"a": deep}).errors[0].message == "Nested too deeply."


def test_many_threads_share_one_engine_without_a_wrong_answer():
    wrong = []

    def ask(number):
        verdict = judging.judge(ONE, {"a": str(number)} if number % 2 else {})
        if verdict.valid != bool(number % 2) or (verdict.valid and verdict.data != {"a": str(number)}):
            wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_engine_that_cannot_start_is_said_to_be_down(tmp_path):
    with pytest.raises(EngineDown):
        Pool(1, tmp_path).ask("judge", ["{}", "{}", ""], 1.0)


def test_an_engine_wears_out_and_is_renewed(engine, monkeypatch):
    monkeypatch.setattr("surveys.engine.process.CALLS_BEFORE_RENEWAL", 1)
    seen = set()
    for _call in range(2):
        judging.judge(ONE, {"a": "x"})
        seen |= set(engine.pids())
    assert seen == set()


def test_the_engine_leaves_with_its_parent():
    code = "import sys, os; sys.path.insert(0, os.getcwd())\n"
    code += "from pathlib import Path\nfrom surveys.engine.process import EngineProcess\n"
    code += "print(EngineProcess(Path('node_modules/survey-core').resolve()).pid, flush=True)\nos._exit(0)"
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=30, check=True)
    pid = int(done.stdout)
    for _try in range(50):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return
        if state == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the engine outlived its parent")


def test_a_forked_server_gets_an_engine_of_its_own(engine):
    judging.judge(ONE, {"a": "x"})
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writable, b"1" if judging.judge(ONE, {"a": "x"}).valid else b"0")
        finally:
            from surveys.engine import pool

            pool.close()
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(readable, 1) == b"1"
    assert judging.judge(ONE, {"a": "x"}).valid


def test_a_process_that_hangs_is_ended_by_its_watchdog(settings, monkeypatch):
    monkeypatch.setattr("surveys.engine.process.GRACE_SECONDS", 0.2)
    process = EngineProcess(settings.SURVEY_CORE_DIR)
    os.kill(process.pid, signal.SIGSTOP)
    begun = time.monotonic()
    with pytest.raises(EngineDown):
        process.ask("judge", ["{}", "{}", ""], 0.3)
    assert time.monotonic() - begun < 3
    assert process.child.poll() is not None
