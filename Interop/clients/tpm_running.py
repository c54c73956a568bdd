"""A running device attests by somebody else's code: swtpm is the TPM, tpm2_quote quotes, curl sends, and PyJWT of PyPI
checks the results as a third party would."""

import base64
import json
import time

import jwt

from Interop.clients.tpm_tools import ATTESTATION_KEY, Device, encoded, post, trust
from Interop.harness import (Identity, certificates_in, curl, device_subject, expect, expect_equal, issuer_of,
                             make_key, make_request, run, base64_body)
from Interop.software_tpm import EV_EFI_ACTION, SoftwareTPM

SELECTION = "sha256:0,1,2,3,4,5,6,7"
POLICY = """
attestation:
  pcrs: [0, 1, 2, 3, 4, 5, 6, 7]
  every: 24h
  event-log: wanted
  on-failure: suspend
"""


class Running:
    """A device with its TPM enrolled, and a client certificate whose key openssl can use."""

    def __init__(self, server, folder, serial):
        self.server, self.folder, self.serial = server, folder, serial
        text = server.plain("profile", "export", "operational").out.decode()
        path = folder / "watched.yaml"
        path.write_text(text.replace("name: operational", "name: watched") + POLICY)
        server.command("profile", "apply", path)
        secret = server.command("device", "add", serial, "--profile", "watched", "--product", serial)["secret"]
        self.tpm = SoftwareTPM(folder / "tpm")
        self.log = self.tpm.boot()
        trust(server, self.tpm, folder, f"chips-{serial.lower()}")
        device = Device(self.tpm, "rsa")
        credential = f"{serial}:{secret}"
        challenge = post(server, "/enroll/tpm/challenges", device.introduction(), credential, 201)
        post(server, "/enroll/tpm", device.answer(challenge, serial), credential, 200)
        self.identity = self.enroll()

    def enroll(self):
        secret = self.server.command("device", "invite", self.serial)["secret"]
        key = make_key(self.folder / "client.key")
        request = make_request(self.folder / "client.csr", key, device_subject(self.serial))
        answer = curl(
            self.server, "/.well-known/est/simpleenroll", "-u", f"{self.serial}:{secret}", "-H",
            "Content-Type: application/pkcs10", "--data-binary", base64_body(request).decode())
        certificate = self.folder / "client.pem"
        certificate.write_text(certificates_in(answer)[0])
        return Identity(self.serial, key, certificate, certificate, request)

    def ask(self, path, body, code):
        result = run(
            "curl", "-sS", "-w", "\n%{http_code}", "--cacert", self.server.root, "--cert", self.identity.certificate,
            "--key", self.identity.key, "-H", "Content-Type: application/json", "--data-binary", "@-",
            f"{self.server.https}/api/v1{path}", stdin=json.dumps(body).encode())
        text, _, status = result.out.decode().rpartition("\n")
        expect_equal(status, str(code), f"{path} answered {text}")
        return json.loads(text)

    def evidence(self, log=None, tpm=None):
        tpm = tpm or self.tpm
        asked = self.ask("/attestation/nonces", {}, 201)
        expect_equal(asked["pcrs"], list(range(8)), "the registers that are wanted")
        attest, signature = tpm.quote(ATTESTATION_KEY, base64.b64decode(asked["nonce"]), SELECTION)
        return {
            "nonce": asked["nonce"], "attest": encoded(attest), "signature": encoded(signature),
            "pcrs": tpm.registers(SELECTION), "event_log": encoded(log or self.log), "firmware_version": "2.4.1",
        }

    def ocsp(self):
        issuer = issuer_of(self.server, self.identity.certificate, self.folder)
        result = run(
            "openssl", "ocsp", "-issuer", issuer, "-cert", self.identity.certificate, "-url",
            f"{self.server.http}/ocsp", "-CAfile", self.server.root, "-no_nonce", code=None)
        return result.out.decode()


def checked(server, answer):
    """The result as PyJWT reads it, with the keys that the server publishes."""
    keys = jwt.PyJWKSet.from_json(curl(server, "/api/v1/attestation/keys").decode())
    head = jwt.get_unverified_header(answer["token"])
    expect_equal(head["typ"], "eat+jwt", "the token's type")
    claims = jwt.decode(
        answer["token"], keys[head["kid"]].key, algorithms=["ES256"], issuer=server.https,
        options={"require": ["iss", "sub", "iat", "exp", "eat_nonce", "eat_profile"]})
    damaged = answer["token"][:-4] + ("AAAA" if answer["token"][-4:] != "AAAA" else "BBBB")
    try:
        jwt.decode(damaged, keys[head["kid"]].key, algorithms=["ES256"])
    except jwt.InvalidSignatureError:
        return claims
    raise AssertionError("PyJWT takes a damaged token")


def case_trusted_then_failed(context, folder):
    """tpm2_quote attests: learned, trusted, and after tpm2_pcrextend failed and suspended within a second in OCSP"""
    server = context.production
    device = Running(server, folder, "RUN-1")
    try:
        first = device.ask("/attestation", device.evidence(), 200)
        expect_equal(first["status"], "warning", "a firmware that nobody knows")
        server.command("baseline", "learn", "RUN-1")
        evidence = device.evidence()
        second = device.ask("/attestation", evidence, 200)
        expect_equal((second["status"], second["reasons"]), ("trusted", []), "the same boot")
        claims = checked(server, second)
        expect_equal(claims["touchmark_status"], "trusted", "the result that PyJWT reads")
        expect_equal(claims["swversion"], ["2.4.1"], "the firmware that was compared")
        expect_equal(base64.urlsafe_b64decode(claims["eat_nonce"] + "=="), base64.b64decode(evidence["nonce"]),
                     "the nonce")
        expect_equal(claims["measres"][0][1][0], ["sha256:0", "success"], "the first register")
        # The same evidence again: its nonce is over.
        device.ask("/attestation", evidence, 404)

        # The same boot after a reset, and then something that nobody knows.
        device.tpm.reset()
        expect_equal(device.tpm.boot(), device.log, "the log of the same boot")
        expect_equal(device.ask("/attestation", device.evidence(), 200)["status"], "trusted", "after a reset")
        expect("good" in device.ocsp(), "OCSP before")
        digest = "11" * 32
        device.tpm.run("pcrextend", f"4:sha256={digest}")
        failed = device.ask("/attestation", device.evidence(), 200)
        answered = time.monotonic()
        expect_equal((failed["status"], failed["suspended"]), ("failed", True), "after an extend")
        expect(any("PCR 4" in reason for reason in failed["reasons"]), f"reasons {failed['reasons']}")
        while "revoked" not in (text := device.ocsp()):
            expect(time.monotonic() - answered < 10, f"OCSP still says {text}")
        context.note(f"OCSP said so {time.monotonic() - answered:.2f} s after the verdict")
        expect_equal(checked(server, failed)["touchmark_status"], "failed", "the result")
        device.ask("/attestation/nonces", {}, 403)
        shown = server.plain("device", "show", "RUN-1").out.decode()
        expect("suspended by the attestation policy" in shown and "failed its attestation" in shown, shown)
        kept = server.command("attestation", "show", "RUN-1")
        expect_equal(kept["history"][0]["consequence"], "suspended", "what is kept")
    finally:
        device.tpm.stop()


def case_another_tpm(context, folder):
    """a quote by another TPM, over a stolen client certificate, is refused and changes nothing"""
    server = context.production
    device = Running(server, folder, "RUN-2")
    other = SoftwareTPM(folder / "other")
    try:
        other.boot([(4, EV_EFI_ACTION, b"something else", None)])
        other.attestation_key("ecc", ATTESTATION_KEY, "rsa")
        device.ask("/attestation", device.evidence(), 200)
        before = server.command("attestation", "show", "RUN-2")["standing"]
        problem = device.ask("/attestation", device.evidence(tpm=other), 422)
        expect_equal((problem["code"], problem["rule"]), ("policy", "evidence"), "the refusal")
        expect_equal(server.command("attestation", "show", "RUN-2")["standing"], before, "how the device stands")
        expect_equal(server.command("device", "show", "RUN-2")["device"]["state"], "active", "the device")
    finally:
        device.tpm.stop()
        other.stop()


def case_baseline_from_pcrread(context, folder):
    """reference values come from what tpm2_pcrread prints"""
    server = context.production
    device = Running(server, folder, "RUN-3")
    try:
        printed = device.tpm.run("pcrread", SELECTION).stdout
        path = folder / "registers.txt"
        path.write_bytes(printed)
        server.command("baseline", "add", path, "--product", "RUN-3", "--firmware", "2.4.1")
        expect_equal(device.ask("/attestation", device.evidence(), 200)["status"], "trusted", "by those values")
    finally:
        device.tpm.stop()
