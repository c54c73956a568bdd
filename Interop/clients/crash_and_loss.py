"""What `make crash` does at full length, short enough for every change: lost answers, kill -9, power failures."""

import random

from Crash import kill, lost_answers, unsynced
from Crash.ledger import check
from Interop.harness import Installation, expect, expect_equal


def case_lost_answers(context, folder):
    """A thousand answers are dropped after the commit: every device gets its certificate, each counted once"""
    server = Installation()
    try:
        server.start()
        cutter = lost_answers.Cutter(server.port())
        received = lost_answers.under_a_grant(server, cutter, 1000)
        received.update(lost_answers.under_one_time_secrets(server, cutter, 20))
        expect_equal(cutter.cut, len(received), "connections cut")
        check(server, received)
        context.note(f"lost answers: {cutter.cut} dropped")
    finally:
        server.remove()


def case_kill(context, folder):
    """kill -9 under load, three times: everything that a device holds is in store and log"""
    server, received, chance = Installation(), {}, random.Random()
    try:
        for number in range(3):
            received.update(kill.one_round(server, number, chance)[0])
        server.start()
        check(server, received)
        expect_equal(server.stop(), 0, "exit code after SIGTERM")
    finally:
        server.remove()


def case_power_failure(context, folder):
    """With unsynced writes dropped nothing is missing, and with synchronous=OFF something is"""
    unsynced.prove()
    unsynced.durable(1)
    expect(unsynced.unsafe(2), "with synchronous=OFF nothing was missing, so that this case proves nothing")
