"""A power failure: whatever was not fdatasynced when the server was killed is gone.

With the store as it is nothing that a device was given may be missing. With synchronous=OFF, by the test hook,
something must be: else this test could not tell the two apart, and would prove nothing.

    python -m Crash.unsynced --rounds 5
"""

import argparse
import signal
import sys
import time

from Crash.ledger import check
from Crash.load import Fleet
from Crash.shim import Forgetfulness, prove
from Interop.harness import Failure, Installation, Skip, expect

UNSAFE = {"TOUCHMARK_TEST_HOOKS": "1", "TOUCHMARK_TEST_SYNCHRONOUS": "OFF"}


def one_power_failure(server, name, environment, seconds=2.0):
    """Devices enroll while unsynced writes are kept from the disk; then the power fails."""
    shim = Forgetfulness(server.folder)
    server.start(environment={**shim.environment, **environment})
    grant = server.add_grant("operational", 100_000)
    fleet = Fleet(server, grant, name)
    fleet.start()
    time.sleep(seconds)
    server.process.send_signal(signal.SIGKILL)
    fleet.stop()
    server.stop(signal.SIGKILL)
    writes, syncs, lost = shim.counts
    expect(writes > 0, "the shim saw no write: the program does not go through the SQLite library")
    expect(fleet.received, f"no device enrolled: {fleet.refused[:3]}\n{server.log()}")
    return fleet.received, syncs, lost


def durable(rounds):
    server, received, synced = Installation(), {}, 0
    try:
        for number in range(rounds):
            got, syncs, _ = one_power_failure(server, f"P{number}", {})
            received.update(got)
            synced += syncs
            server.start()
            check(server, received)
            server.stop()
        return len(received), synced
    finally:
        server.remove()


def unsafe(rounds):
    """How the loss showed, in words, or nothing."""
    for number in range(rounds):
        server = Installation()
        try:
            received, _, lost = one_power_failure(server, f"U{number}", UNSAFE)
            try:
                server.start()
                check(server, received)
            except Failure as failure:
                return f"{lost} bytes never synced, then: {str(failure).splitlines()[0][:160]}"
        finally:
            server.remove()
    return None


def main(rounds):
    try:
        prove()
        count, syncs = durable(rounds)
        print(f"crash: {count} certificates through {rounds} power failures, none missing, {syncs} syncs", flush=True)
        loss = unsafe(rounds)
    except (Failure, Skip) as failure:
        sys.exit(f"crash: FAILED: unsynced writes dropped: {failure}")
    if not loss:
        sys.exit("crash: FAILED: with synchronous=OFF nothing was missing, so that this test proves nothing")
    print(f"crash: passed: synchronous=OFF is found out: {loss}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    main(parser.parse_args().rounds)
