"""What openssl says one signature and one verification cost on this machine, in microseconds."""

import re

from Interop.harness import run

LINE = re.compile(r"ecdsa \(nistp256\)\s+([\d.]+)s\s+([\d.]+)s\s+([\d.]+)\s+([\d.]+)")


def p256(seconds=3):
    """Microseconds of one P-256 signature and of one verification, single-threaded."""
    out = run("openssl", "speed", "-seconds", seconds, "ecdsap256").out.decode()
    match = next((LINE.search(line) for line in out.splitlines() if "nistp256" in line), None)
    if not match:
        raise SystemExit(f"openssl speed said something else:\n{out}")
    return 1e6 / float(match.group(3)), 1e6 / float(match.group(4))
