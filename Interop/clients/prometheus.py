"""Prometheus' own tools and Python's parsers read what the server shows and sends: figures, rules, signed webhooks."""

import base64
import hashlib
import http.server
import json
import re
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from prometheus_client.parser import text_string_to_metric_families

from Interop.harness import Installation, enroll, expect, expect_equal, run

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
# What an operator cannot do without, as families: done, refused, how long, what ends, how old, what waits, how much.
NEEDED = (
    "touchmark_issued", "touchmark_refused", "touchmark_enroll_seconds", "touchmark_ocsp_seconds",
    "touchmark_commit_seconds", "touchmark_expiring_certificates", "touchmark_crl_age_seconds",
    "touchmark_queued_writes", "touchmark_log_entries")
NAME = re.compile(r"\b(?:touchmark|process)_[a-z_]+")


def scrape(server):
    return run("curl", "-sSf", server.http + "/metrics").text


def names_in(text):
    """The families of a scrape, as queries may name them."""
    names = set()
    for family in text_string_to_metric_families(text):
        names |= {sample.name for sample in family.samples} | {family.name}
    return names


def case_text_format(context, folder):
    """prometheus_client and promtool read /metrics, and its figures are those of what was done"""
    server = context.production
    before = scrape(server)
    enroll(server, "METRIC-1", folder=folder)
    text = scrape(server)
    families = {family.name: family for family in text_string_to_metric_families(text)}

    def value(where, name, **labels):
        found = [sample.value for family in text_string_to_metric_families(where) for sample in family.samples
                 if sample.name == name and all(sample.labels.get(key) == each for key, each in labels.items())]
        return sum(found)

    issued = [value(each, "touchmark_issued_total", profile="operational", door="est") for each in (before, text)]
    expect_equal(issued[1] - issued[0], 1, "certificates counted")
    for histogram in ("touchmark_enroll_seconds", "touchmark_commit_seconds", "touchmark_ocsp_seconds"):
        expect_equal(families[histogram].type, "histogram", histogram)
    expect(value(text, "touchmark_crl_age_seconds") >= 0, "age of CRLs")
    expect("\n# HELP" in text and "# EOF" not in text, "format 0.0.4")
    checked = run("promtool", "check", "metrics", stdin=text.encode())
    expect(not checked.text.strip(), f"promtool says:\n{checked.text}")
    context.note(f"/metrics: {len(families)} families, {len(text.splitlines())} lines")


def case_rules(context, folder):
    """promtool accepts the alert rules, and each of them fires and rests as its test says"""
    rules = DEPLOY / "prometheus"
    run("promtool", "check", "rules", rules / "touchmark.rules.yml")
    run("promtool", "test", "rules", rules / "touchmark.rules.test.yml")
    alerts = set(re.findall(r"alert: (\w+)", (rules / "touchmark.rules.yml").read_text()))
    tested = set(re.findall(r"alertname: (\w+)", (rules / "touchmark.rules.test.yml").read_text()))
    expect_equal(alerts - tested, set(), "alerts without a test")
    context.note(f"{len(alerts)} alert rules, each with a test")


def case_names(context, folder):
    """Rules and dashboard name no metric that the server does not show"""
    sink = folder / "sink"
    sink.mkdir()
    server = Installation("--public-http", "http://pki.interop.example")
    try:
        with open(server.data / "touchmark.yaml", "a") as configuration:
            configuration.write(f"checkpoint-sink: {sink}\n")
        server.start()
        deadline = time.monotonic() + 20
        known = set()
        # What is watched is known after the first look.
        while "touchmark_checkpoint_sink_failing" not in known and time.monotonic() < deadline:
            known = names_in(scrape(server))
            time.sleep(0.2)
    finally:
        server.remove()
    for name in NEEDED:
        expect(name in known, f"the server does not show {name}")
    dashboard = json.loads((DEPLOY / "grafana/touchmark.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = (DEPLOY / "prometheus/touchmark.rules.yml").read_text()
    for text in [*queries, *re.findall(r"expr: ([^#]*?)(?:for:|labels:)", rules, re.S)]:
        for name in NAME.findall(text):
            # Those with labels that only occur later have their family's name in the scrape.
            expect(name in known or name.removesuffix("_total") in known, f"nothing shows {name}: {text}")
    shown = {name for query in queries for name in NAME.findall(query)}
    family = {name.removesuffix("_bucket").removesuffix("_count") for name in shown}
    missing = {name for name in known if name.startswith("touchmark_") and not name.endswith(("_bucket", "_sum", "_count", "_created"))}
    missing = {name for name in missing if name not in family and name + "_total" not in family}
    expect_equal(missing, set(), "metrics that the dashboard does not show")


class Factory(http.server.BaseHTTPRequestHandler):
    """A factory's system, as its own people would write it: it checks the signature with a library, then answers."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        known = json.loads(body)["serial"].startswith("KNOWN")
        answer = json.dumps({"allow": known, "reason": "not on the line's list"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


def verified(headers, body, url, key):
    """RFC 9421 by hand, with another implementation's Ed25519."""
    field = {name.lower(): value for name, value in headers.items()}
    digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
    expect_equal(field["content-digest"], digest, "Content-Digest")
    parameters = field["signature-input"].removeprefix("touchmark=")
    created = int(re.search(r"created=(\d+)", parameters)[1])
    expect(abs(time.time() - created) < 60, f"created {created}")
    base = "\n".join([
        '"@method": POST', f'"@target-uri": {url}', f'"content-digest": {digest}',
        f'"content-type": {field["content-type"]}', f'"touchmark-id": {field["touchmark-id"]}',
        f'"@signature-params": {parameters}'])
    signature = base64.b64decode(field["signature"].removeprefix("touchmark=:").removesuffix(":"))
    key.verify(signature, base.encode())
    return re.search(r'nonce="(\w+)"', parameters)[1]


def case_factory(context, folder):
    """A factory's system in Python verifies each question, and decides who gets a certificate"""
    server = context.production
    factory = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Factory)
    factory.seen = []
    threading.Thread(target=factory.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{factory.server_port}/units?line=3"
    try:
        text = run_profile(server)
        profile = folder / "asked.yaml"
        profile.write_text(re.sub(r"(?m)^name: .*$", "name: asked", text) + f"\nauthorize:\n  url: {url}\n  timeout: 5s\n")
        server.command("profile", "apply", profile)
        key = load_pem_public_key(server.plain("notify", "key").out)
        enroll(server, "KNOWN-1", profile="asked", folder=folder)
        refused = None
        try:
            enroll(server, "STRANGE-1", profile="asked", folder=folder)
        except Exception as failure:
            refused = str(failure)
        expect(refused, "a serial that the factory does not know was enrolled")
        nonces = {verified(headers, body, url, key) for headers, body in factory.seen}
        expect_equal(len(nonces), len(factory.seen), "nonces")
        expect_equal(len(nonces), 2, "questions")
    finally:
        factory.shutdown()
    log = server.plain("audit", "list", "-o", "jsonl").text
    expect(f'"authorized_by":"127.0.0.1:{factory.server_port}"' in log, "the log does not say who said yes")
    expect("not on the line's list" in log, "the log does not say why it was refused")


def run_profile(server):
    return server.plain("profile", "export", "operational").text
