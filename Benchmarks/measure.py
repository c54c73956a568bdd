"""The whole measurement: openssl's figures, one certificate in process, and durable EST against the real server.

    Benchmarks/run [--each 100]
"""

import argparse
import json
import os
import platform

from Benchmarks import est, openssl
from Interop.harness import ROOT, Installation, binary, run

GOALS = {"issue in process": 65, "EST simpleenroll, keep-alive": 250,
         "EST simplereenroll, mutual TLS 1.3 handshake each": 900}


def in_process():
    """Parse, prove possession, decide, lint, sign, encode: microseconds a certificate, from the Swift program."""
    return json.loads(run(binary().parent / "touchmark-benchmark").out)["issue_microseconds"]


def over_est(each):
    server = Installation()
    try:
        server.start()
        return est.measure(server, each)
    finally:
        server.remove()


def row(name, cost, floor):
    verdict = "reached" if cost <= GOALS[name] else "not reached"
    print(f"{name:52} {cost:9.1f} {cost / floor:9.2f} {GOALS[name]:6} µs  {verdict}")


def main(each):
    os.environ.setdefault("TOUCHMARK", str(ROOT / ".build/release/touchmark"))
    sign, verify = openssl.p256()
    floor = sign + verify
    issue, doors = in_process(), over_est(each)
    print(f"\nopenssl speed ecdsap256: sign {sign:.1f} µs, verify {verify:.1f} µs, together {floor:.1f} µs\n")
    print(f"{'':52} {'µs':>9} {'x openssl':>9} {'goal':>9}")
    row("issue in process", issue, floor)
    for door in doors:
        row(door["name"], door["server_cpu_microseconds"], floor)
        print(f"{'':52} {door['per_second']:.0f} a second, {door['certificates']} certificates")
    report = {
        "machine": platform.machine(), "cores": os.cpu_count(), "openssl_sign_microseconds": sign,
        "openssl_verify_microseconds": verify, "issue_microseconds": issue, "issue_ratio": issue / floor, "doors": doors}
    path = ROOT / ".build/benchmark.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\nwritten to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=100, help="certificates for each of the 32 clients")
    main(parser.parse_args().each)
