"""kill -9 under enrollment load, again and again; then every certificate that a device holds is in store and log.

    python -m Crash.kill --rounds 50
"""

import argparse
import random
import signal
import sys
import time

from Crash.ledger import check
from Crash.load import Fleet, ask_again
from Interop.harness import Failure, Installation, expect, expect_equal


def one_round(server, number, chance):
    """Load, death at a random moment, a new start, and the unanswered devices asking again."""
    server.start()
    grant = server.add_grant("operational", 100_000)
    fleet = Fleet(server, grant, f"R{number}")
    fleet.start()
    time.sleep(chance.uniform(0.2, 1.5))
    server.process.send_signal(signal.SIGKILL)
    fleet.stop()
    server.stop(signal.SIGKILL)
    expect(not fleet.refused, f"refused: {fleet.refused[:3]}")
    server.start()
    received = dict(fleet.received)
    received.update(ask_again(server, grant, fleet.unanswered))
    shown = server.command("grant", "show", grant["name"])
    # A device that asks again gets a certificate, and never two that both count.
    expect_equal(shown["issued"], len(received), "issued under the grant")
    server.stop(signal.SIGKILL)
    return received, len(fleet.unanswered)


def main(rounds, seed):
    chance = random.Random(seed)
    server, received, unanswered, began = Installation(), {}, 0, time.monotonic()
    try:
        for number in range(1, rounds + 1):
            got, asked = one_round(server, number, chance)
            received.update(got)
            unanswered += asked
            print(f"round {number}: {len(got)} certificates, {asked} of them asked for again", flush=True)
        server.start()
        check(server, received)
        expect(len(received) > rounds, "hardly a device enrolled: there was no load")
        expect_equal(server.stop(), 0, "exit code after SIGTERM")
    except Failure as failure:
        sys.exit(f"crash: FAILED (seed {seed}): {failure}\n{server.log()}")
    finally:
        server.remove()
    print(f"crash: passed: {rounds} rounds of kill -9, {len(received)} certificates in store and log, "
          f"{unanswered} asked for again, {time.monotonic() - began:.0f} s (seed {seed})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    main(options.rounds, options.seed)
