import threading

from community import recurring


def test_a_round_that_fails_is_tried_again_and_stops_no_other(db):
    stop, done, tries = threading.Event(), [], []

    def broken():
        tries.append(1)
        raise ValueError

    def whole():
        done.append(1)
        if len(done) >= 2 and len(tries) >= 2:
            stop.set()

    rounds = [recurring.Round("broken", 0.1, broken), recurring.Round("whole", 0.1, whole)]
    thread = threading.Thread(target=recurring.run, args=(stop, rounds))
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert len(tries) >= 2


def test_every_round_of_the_club_runs_once_without_a_fault(db):
    assert [each.name for each in recurring.ROUNDS if not recurring.run_once(each)] == []
