"""TPMs by somebody else's code: swtpm is the TPM, tpm2-tools its client, openssl signs the requests in it."""

import base64
import json

from Interop.harness import device_subject, expect, expect_equal, run, tool
from Interop.software_tpm import SoftwareTPM

ATTESTATION_KEY, KEY = 0x81020001, 0x81020002


def encoded(octets):
    return base64.b64encode(octets).decode()


def post(server, path, body, credential, code):
    """The answer's JSON, with the HTTP status that is wanted."""
    result = run(
        "curl", "-sS", "-w", "\n%{http_code}", "--cacert", server.root, "-u", credential, "-H",
        "Content-Type: application/json", "--data-binary", "@-", f"{server.https}/api/v1{path}",
        stdin=json.dumps(body).encode())
    text, _, status = result.out.decode().rpartition("\n")
    expect_equal(status, str(code), f"{path} answered {text}")
    return json.loads(text)


class Device:
    """A TPM with an attestation key under its endorsement key, and a key that is to be certified."""

    def __init__(self, tpm, kind, attestation="ecc"):
        self.tpm, self.kind = tpm, kind
        self.attestation_key = tpm.attestation_key(attestation, ATTESTATION_KEY, kind)
        self.key = tpm.key(KEY)

    def introduction(self):
        return {
            "endorsement_certificate": encoded(self.tpm.endorsement_certificate(self.kind)),
            "chain": [encoded(self.tpm.manufacturer()[1])],
            "endorsement_key": encoded(self.tpm.endorsement_key(self.kind)),
            "attestation_key": encoded(self.attestation_key),
        }

    def answer(self, challenge, serial):
        secret = self.tpm.activate(
            self.kind, ATTESTATION_KEY, base64.b64decode(challenge["credential"]),
            base64.b64decode(challenge["encrypted_secret"]))
        expect(secret is not None, "the TPM does not take the credential")
        attest, signature = self.tpm.certify(KEY, ATTESTATION_KEY, base64.b64decode(challenge["nonce"]))
        return {
            "challenge": challenge["challenge"], "secret": encoded(secret), "key": encoded(self.key),
            "attest": encoded(attest), "signature": encoded(signature),
            "csr": self.tpm.request(KEY, device_subject(serial)),
        }


def prepare(server, folder, serial):
    """The profile that wants hardware, a device, and its secret."""
    text = server.plain("profile", "export", "operational").out.decode()
    path = folder / "hardware.yaml"
    path.write_text(text.replace("name: operational", "name: hardware") + "\nkey: hardware\n")
    server.command("profile", "apply", path)
    return f"{serial}:{server.add_device(serial, 'hardware')['secret']}"


def trust(server, tpm, folder, name):
    path = folder / f"{name}.der"
    path.write_bytes(tpm.manufacturer()[0])
    server.command("trust", "add", name, "--purpose", "tpm", "--manufacturer", name, "--certificate", path)


def enrolled(context, folder, kind, attestation, serial):
    for program in ("swtpm", "swtpm_setup", "tpm2_createek"):
        tool(program)
    server = context.production
    credential = prepare(server, folder, serial)
    tpm = SoftwareTPM(folder / "tpm")
    try:
        trust(server, tpm, folder, f"chips-{kind}")
        device = Device(tpm, kind, attestation)
        challenge = post(server, "/enroll/tpm/challenges", device.introduction(), credential, 201)
        issued = post(server, "/enroll/tpm", device.answer(challenge, serial), credential, 200)
        path = folder / "certificate.pem"
        path.write_text(issued["certificate"] + "".join(issued["chain"]))
        run("openssl", "verify", "-CAfile", server.root, "-untrusted", path, path)
        listed = server.command("certificate", "list", "--device", serial)
        expect_equal([item["key_origin"] for item in listed], ["attested"], "where the key lives")
    finally:
        tpm.stop()


def case_rsa_endorsement_key(context, folder):
    """a key in a TPM with an RSA endorsement key is certified; tpm2_activatecredential takes the credential"""
    enrolled(context, folder, "rsa", "ecc", "TPM-RSA")


def case_ecc_endorsement_key(context, folder):
    """the same with an endorsement key on P-384, and an attestation key of RSA"""
    enrolled(context, folder, "ecc", "rsa", "TPM-ECC")


def case_other_tpm(context, folder):
    """another genuine TPM of the same manufacturer cannot answer: its TPM refuses the credential"""
    server = context.production
    credential = prepare(server, folder, "TPM-OTHER")
    authority = str(folder / "authority")
    tpm, other = SoftwareTPM(folder / "one", authority), SoftwareTPM(folder / "two", authority)
    try:
        trust(server, tpm, folder, "chips-other")
        device, stranger = Device(tpm, "rsa"), Device(other, "rsa")
        # The one's endorsement key with the other's attestation key.
        mixed = dict(device.introduction(), attestation_key=encoded(stranger.attestation_key))
        challenge = post(server, "/enroll/tpm/challenges", mixed, credential, 201)
        for each in (tpm, other):
            secret = each.activate(
                "rsa", ATTESTATION_KEY, base64.b64decode(challenge["credential"]),
                base64.b64decode(challenge["encrypted_secret"]))
            expect(secret is None, "a TPM took a credential for a key that it does not have")
        # One's challenge, answered with what the other certified.
        challenge = post(server, "/enroll/tpm/challenges", device.introduction(), credential, 201)
        answer = device.answer(challenge, "TPM-OTHER")
        attest, signature = other.certify(KEY, ATTESTATION_KEY, base64.b64decode(challenge["nonce"]))
        forged = dict(answer, key=encoded(stranger.key), attest=encoded(attest), signature=encoded(signature),
                      csr=other.request(KEY, device_subject("TPM-OTHER")))
        problem = post(server, "/enroll/tpm", forged, credential, 422)
        expect_equal(problem["rule"], "tpm", "the rule")
    finally:
        tpm.stop()
        other.stop()
