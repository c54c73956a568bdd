"""A fleet of a million on one SQLite file: what each question and act takes, over REST, at the 99th percentile.

    python -m Benchmarks.scale [--devices 1000000] [--asks 200] [--import 1000000] [--fleet FOLDER]

Each question goes over one kept-alive mutual TLS connection and is timed from its first octet to its answer's last.
`--import` measures `device import` of so many into an installation of its own (0: not at all). `--fleet` names a folder
that keeps the installation with its fleet, so that the next run need not fill it again: it is made when it is not there,
and every run works on a copy.
"""

import argparse
import base64
import http.client
import json
import os
import random
import shutil
import ssl
import time
from pathlib import Path
from urllib.parse import quote

from Benchmarks import fleet
from Interop.harness import ROOT, Installation, binary, enroll, run

QUESTION = 20  # milliseconds at the 99th percentile


class Administrator:
    """One connection, kept alive."""

    def __init__(self, server):
        trust = ssl.create_default_context(cafile=str(server.root))
        trust.load_cert_chain(server.data / "admin.pem", server.data / "admin.key")
        self.http = http.client.HTTPSConnection("localhost", server.port(), context=trust, timeout=600)

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        self.http.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def timed(work):
    began = time.monotonic()
    found = work()
    return time.monotonic() - began, found


class Report:
    def __init__(self):
        self.rows = []

    def add(self, name, figure, unit, goal):
        reached = figure <= goal
        self.rows.append({"name": name, "figure": figure, "unit": unit, "goal": goal, "reached": reached})
        print(f"{name:66} {figure:9.2f} {unit:3} of {goal:5} {'reached' if reached else 'NOT REACHED'}", flush=True)


def questions(count):
    """Name and a maker of paths: each ask is about another device, label or day."""
    number = lambda: random.randrange(count)
    page = "&limit=100"
    where = lambda text: "/devices?where=" + quote(text) + page
    day = lambda: time.strftime("%Y-%m-%d", time.gmtime(time.time() - random.randrange(10, 350) * 86_400))
    return [
        ("device list, exact serial", lambda: f"/devices?serial={fleet.serial(number())}"),
        ("device list, prefix", lambda: f"/devices?prefix={fleet.serial(number())[:7]}{page}"),
        ("device list --where 'label.batch=N'", lambda: where(f"label.batch={random.randrange(fleet.BATCHES)}")),
        ("device list --where 'registered=DAY'", lambda: where(f"registered={day()}")),
        ("device list --where 'overdue>2d'", lambda: where("overdue>2d")),
        ("device list --where 'product=P and label.batch=N and overdue'",
         lambda: where(f"product=pump and label.batch={random.randrange(fleet.BATCHES)} and overdue")),
        ("certificate list --expiring-within 3d", lambda: "/certificates?expiring_within=3d" + page),
        ("device show", lambda: f"/devices/{fleet.serial(number())}"),
        ("status", lambda: "/status"),
    ]


def ask_all(server, report, count, asks):
    administrator = Administrator(server)
    for name, path in questions(count):
        administrator.ask("GET", path())
        times = [timed(lambda: administrator.ask("GET", path()))[0] * 1000 for _ in range(asks)]
        report.add(name + ", p99", percentile(times, 0.99), "ms", QUESTION)
    serials = [administrator.ask("GET", f"/devices/{fleet.serial(random.randrange(count))}")["certificates"][0]
               ["serial_number"] for _ in range(asks)]
    revoke = lambda which: administrator.ask("POST", f"/certificates/{which}/revoke", {"reason": "superseded"})
    times = [timed(lambda: revoke(which))[0] * 1000 for which in serials]
    report.add("certificate revoke, one, p99", percentile(times, 0.99), "ms", QUESTION)
    return administrator


def act(administrator, act_name, where, **more):
    """Prepared, started and followed to its end, as the command does. Returns seconds and the act."""
    began = time.monotonic()
    item = administrator.ask("POST", "/acts", {"act": act_name, "where": where, **more})
    item = administrator.ask("POST", f"/acts/{item['id']}/start")
    while item["state"] == "running":
        time.sleep(0.05)
        item = administrator.ask("GET", f"/acts/{item['id']}")
    return time.monotonic() - began, item


def crl(administrator, server):
    """Seconds until a list is made and stored, and its octets."""
    operational = next(one["id"] for one in administrator.ask("GET", "/authorities?limit=1000")["items"]
                       if one["purpose"] == "operational")
    seconds, _ = timed(lambda: administrator.ask("POST", f"/authorities/{operational}/crl"))
    plain = http.client.HTTPConnection("localhost", server.port("http"), timeout=60)
    plain.request("GET", f"/crl/{operational}.crl")
    return seconds, len(plain.getresponse().read())


def filled(server, count, kept):
    """Fills the installation's store, or takes over one that was filled before."""
    if kept and kept.exists():
        shutil.rmtree(server.data)
        shutil.copytree(kept, server.data)
        return
    server.start()
    leaf = enroll(server, "MODEL-1")
    pem = leaf.certificate.read_text()
    encoded = base64.b64decode("".join(pem.split("-----BEGIN CERTIFICATE-----")[1].split("-----END")[0].split()))
    server.stop()
    seconds = fleet.fill(server.data / "touchmark.sqlite", count, encoded)
    size = (server.data / "touchmark.sqlite").stat().st_size
    print(f"{count} devices with one certificate each: {size / 1e9:.2f} GB, written in {seconds:.0f} s\n")
    if kept:
        shutil.copytree(server.data, kept)


def at_scale(report, count, asks, kept):
    server = Installation()
    try:
        filled(server, count, kept)
        starts = []
        for _ in range(3):
            seconds, _ = timed(server.start)
            starts.append(seconds)
            server.stop()
        report.add("start to ready (with the key derivation), best of 3", min(starts), "s", 1 + derivation())
        server.start()
        administrator = ask_all(server, report, count, asks)
        report.add("resident memory after these", resident(server), "MB", 150)
        seconds, item = act(administrator, "device.suspend", "lot in (L1, L2, L3, L4, L5, L6, L7, L8, L9, L10)")
        report.add(f"device suspend --where, {item['done']} devices", seconds, "s", 5)
        seconds, item = act(administrator, "certificate.revoke", "label.batch in (11, 12, 13, 14, 15, 16, 17, 18, 19, 20)",
                            reason="cessationOfOperation")
        print(f"{'':4}certificate revoke --where, {item['done']} certificates: {seconds:.1f} s")
        seconds, octets = crl(administrator, server)
        report.add(f"a CRL of {octets / 1e6:.1f} MB", seconds, "s", 1)
        for what in ("authority=operational", "firmware=1"):
            seconds, reach = timed(lambda: administrator.ask("GET", f"/reports/reach?{what}"))
            report.add(f"report reach, {what}, {reach['devices']} devices", seconds, "s", 10)
        report.add("resident memory at the end", resident(server), "MB", 150)
        report.add("resident memory at its highest", resident(server, "VmHWM"), "MB", 150)
    finally:
        server.remove()


def resident(server, which="VmRSS"):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(which)).split()[1]) / 1024


def derivation():
    """What one scrypt with the program's parameters costs here: an empty installation's start has nothing else."""
    server = Installation()
    try:
        return timed(server.start)[0]
    finally:
        server.remove()


def importing(report, count):
    server = Installation()
    try:
        server.start()
        file = server.folder / "devices.csv"
        with open(file, "w", encoding="ascii") as out:
            out.write("serial,profile,product,lot,label.batch\n")
            for number in range(count):
                out.write(f"{fleet.serial(number)},operational,pump,L{number // 1000},{number % 100}\n")
        seconds, _ = timed(lambda: run(binary(), "device", "import", file, "--data", server.data, seconds=1800))
        report.add("resident memory at its highest, in the import", resident(server, "VmHWM"), "MB", 150)
        report.add(f"device import, {count} devices", seconds, "s", 60 * count / 1_000_000)
    finally:
        server.remove()


def main(arguments):
    os.environ.setdefault("TOUCHMARK", str(ROOT / ".build/release/touchmark"))
    report = Report()
    if arguments.devices:
        at_scale(report, arguments.devices, arguments.asks, arguments.fleet)
    if arguments.importing:
        importing(report, arguments.importing)
    path = ROOT / ".build/scale.json"
    path.write_text(json.dumps({"devices": arguments.devices, "rows": report.rows}, indent=2) + "\n")
    print(f"\nwritten to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--fleet", type=Path)
    parser.add_argument("--import", dest="importing", type=int, default=1_000_000)
    main(parser.parse_args())
