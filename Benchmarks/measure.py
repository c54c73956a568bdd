"""The whole measurement: openssl's figures, one certificate in process, the doors of SCEP and CMP beside the same
cryptographic operations, and durable EST and ACME against the real server.

    Benchmarks/run [--each 100] [--orders 1000]
    python -m Benchmarks.measure --doors      the doors alone: SCEP, CMP and ACME
"""

import argparse
import json
import os
import platform

from Benchmarks import acme, est, openssl
from Interop.harness import ROOT, Installation, binary, run

# Orders at once on one account: the gateway's pattern.
AT_ONCE = 200
RATIO_GOAL = 1.5
GOALS = {"issue in process": 65, "EST simpleenroll, keep-alive": 250,
         "EST simplereenroll, mutual TLS 1.3 handshake each": 900,
         f"ACME order to certificate, {AT_ONCE} at once on one account": 2500}
BESIDE = [("SCEP PKCSReq, RSA-2048, in process", "scep"), ("CMP p10cr with signature, in process", "cmp")]


def benchmark(*mode):
    return json.loads(run(binary().parent / "touchmark-benchmark", *mode).out)


def in_process():
    """Parse, prove possession, decide, lint, sign, encode: microseconds a certificate, from the Swift program."""
    return benchmark()["issue_microseconds"]


def beside_operations():
    """Each door's answer and, in the same run, the same cryptographic operations in the same library."""
    print(f"\n{'':52} {'µs':>9} {'the same operations':>20} {'ratio':>6} {'goal':>5}")
    found = {}
    for name, mode in BESIDE:
        figure = found[mode] = benchmark(mode)
        verdict = "reached" if figure["ratio"] <= RATIO_GOAL else "not reached"
        print(f"{name:52} {figure[mode + '_microseconds']:9.1f} {figure['operations_microseconds']:20.1f} "
              f"{figure['ratio']:6.2f} {RATIO_GOAL:5} {verdict}", flush=True)
    return found


def over_acme(orders, floor):
    door = acme.measure(orders, AT_ONCE)
    row(door["name"], door["server_cpu_microseconds"], floor)
    print(f"{'':52} {door['per_second']:.0f} a second, {door['issued']} of {door['orders']} issued, "
          f"{door['failed']} failed {' '.join(door['failures'])}")
    if door["failed"] or door["issued"] != door["orders"]:
        raise SystemExit("ACME: not every order brought its certificate")
    return door


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


def main(each, orders, doors_alone):
    os.environ.setdefault("TOUCHMARK", str(ROOT / ".build/release/touchmark"))
    sign, verify = openssl.p256()
    floor = sign + verify
    issue, doors = (None, []) if doors_alone else (in_process(), over_est(each))
    print(f"\nopenssl speed ecdsap256: sign {sign:.1f} µs, verify {verify:.1f} µs, together {floor:.1f} µs\n")
    print(f"{'':52} {'µs':>9} {'x openssl':>9} {'goal':>9}")
    if issue is not None:
        row("issue in process", issue, floor)
    for door in doors:
        row(door["name"], door["server_cpu_microseconds"], floor)
        print(f"{'':52} {door['per_second']:.0f} a second, {door['certificates']} certificates")
    doors.append(over_acme(orders, floor))
    beside = beside_operations()
    report = {
        "machine": platform.machine(), "cores": os.cpu_count(), "openssl_sign_microseconds": sign,
        "openssl_verify_microseconds": verify, "issue_microseconds": issue, "issue_ratio": issue and issue / floor,
        "doors": doors, "beside_operations": beside}
    path = ROOT / ".build/benchmark.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\nwritten to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=100, help="certificates for each of the 32 clients")
    parser.add_argument("--orders", type=int, default=1000, help="ACME orders, 200 at once")
    parser.add_argument("--doors", action="store_true", help="SCEP, CMP and ACME alone")
    chosen = parser.parse_args()
    main(chosen.each, chosen.orders, chosen.doors)
