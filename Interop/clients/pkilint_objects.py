"""pkilint's lint_pkix_cert, lint_crl and lint_ocsp_response over hundreds of objects, at severity ERROR.

The programs' own main functions are called, in one process: started anew for each object they would take an hour.
"""

import base64
import collections
import contextlib
import http.client
import io
import re
import ssl
import tempfile
import urllib.request
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from pkilint.bin import lint_crl, lint_ocsp_response, lint_pkix_cert

from Interop.harness import authorities, expect, path_of

LEAST = 500
# How many of each key; an RSA key takes long to make, and one of each size says what there is to say.
LAB_KEYS = {"p256": 60, "p384": 20, "ed25519": 20, "rsa2048": 3, "rsa3072": 2, "rsa4096": 1}
OPERATIONAL_KEYS = {"p256": 25, "p384": 8, "ed25519": 8, "rsa2048": 1, "rsa3072": 1, "rsa4096": 1}
DEVICE_KEYS = {"p256": 25, "p384": 8, "rsa2048": 1, "rsa3072": 1, "rsa4096": 1}
SERVER_KEYS = {"p256": 4, "p384": 2, "rsa2048": 1, "rsa3072": 1, "rsa4096": 1}
# A host's name of one label, localhost, stands in the server's own certificate: pkilint's
# rule is for public names.
EXCEPTED = re.compile(r'pkix\.invalid_domain_name_syntax,"Invalid domain name syntax: ""[A-Za-z0-9-]+"""')


def make_key(kind):
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return {"p256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "ed25519": ed25519.Ed25519PrivateKey.generate}[kind]()


def make_request(serial, key):
    subject = x509.Name([
        x509.NameAttribute(NameOID.SERIAL_NUMBER, serial), x509.NameAttribute(NameOID.COMMON_NAME, serial)])
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, digest)
    return base64.b64encode(request.public_bytes(serialization.Encoding.DER))


class Client:
    """A kept-alive connection, since several hundred curls would spend the lane's time on handshakes."""

    def __init__(self, server):
        trust = ssl.create_default_context(cafile=str(server.root))
        self.connection = http.client.HTTPSConnection("localhost", server.port(), context=trust, timeout=60)

    def enroll(self, user, secret, serial, key, label=""):
        basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
        self.connection.request(
            "POST", f"/.well-known/est{label}/simpleenroll", make_request(serial, key),
            {"Authorization": f"Basic {basic}", "Content-Type": "application/pkcs10"})
        answer = self.connection.getresponse()
        body = answer.read()
        expect(answer.status == 200, f"{serial}: {answer.status} {body[:300]!r}")
        return pkcs7.load_der_pkcs7_certificates(base64.b64decode(body))[0]


def enroll_many(server, profile, keys):
    """Certificates of one profile, enrolled under one grant; `server` takes no grant, and asks a secret for each."""
    client, issued = Client(server), []
    grant = None if profile == "server" else server.add_grant(profile, sum(keys.values()))
    for kind, count in keys.items():
        for number in range(count):
            serial = f"LINT-{profile}-{kind}-{number}".upper()
            name, credential = (serial, server.add_device(serial, profile)) if grant is None else (grant["name"], grant)
            issued.append(client.enroll(name, credential["secret"], serial, make_key(kind)))
    return issued


def fetch(server, path, body=None, content_type=None):
    headers = {"Content-Type": content_type} if content_type else {}
    with urllib.request.urlopen(urllib.request.Request(server.http + path, body, headers), timeout=60) as answer:
        return answer.read()


def status_answers(server, certificates, issuers):
    """An OCSP answer for each certificate, every other one with a nonce."""
    for number, certificate in enumerate(certificates):
        issuer = issuers[certificate.issuer]
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            certificate, issuer, hashes.SHA256() if number % 3 == 0 else hashes.SHA1())
        if number % 2:
            builder = builder.add_extension(x509.OCSPNonce(bytes(range(16))), False)
        asked = builder.build().public_bytes(serialization.Encoding.DER)
        yield fetch(server, "/ocsp", asked, "application/ocsp-request")


def crl_addresses(certificates):
    found = set()
    for certificate in certificates:
        with contextlib.suppress(x509.ExtensionNotFound):
            points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
            found.update(name.value for point in points for name in point.full_name or [])
    return sorted(found)


def lint(program, der, *options):
    """The findings of one of pkilint's programs over one object, as lines; none is clean."""
    with tempfile.NamedTemporaryFile(suffix=".der") as file:
        file.write(der)
        file.flush()
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            code = program.main(["lint", *options, "-s", "ERROR", "-f", "CSV", "--document-format", "DER", file.name])
    lines = [line for line in out.getvalue().splitlines()[1:] if line.strip()]
    kept = [line for line in lines if not EXCEPTED.search(line)]
    if code and not lines:
        return [errors.getvalue().strip() or f"exit code {code}"]
    return kept


def collect(server, plan, revoked=()):
    """Every object of an installation: (program, what it is, DER, options)."""
    issued = {profile: enroll_many(server, profile, keys) for profile, keys in plan.items()}
    issued["revoked"] = list(revoked)
    known = [x509.load_pem_x509_certificate(pem.encode()) for pem in authorities(server)]
    issuers = {each.subject: each for each in known}
    leaves = [each for group in issued.values() for each in group]
    for profile, group in issued.items():
        for certificate in group:
            yield lint_pkix_cert, f"certificate {profile}", certificate.public_bytes(serialization.Encoding.DER), ()
    for certificate in known:
        yield lint_pkix_cert, "certificate of an authority", certificate.public_bytes(serialization.Encoding.DER), ()
    responders = {}
    for answer in status_answers(server, leaves, issuers):
        for responder in ocsp.load_der_ocsp_response(answer).certificates:
            responders[responder.fingerprint(hashes.SHA256())] = responder
        yield lint_ocsp_response, "OCSP response", answer, ()
    for responder in responders.values():
        yield lint_pkix_cert, "certificate of a responder", responder.public_bytes(serialization.Encoding.DER), ()
    own = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", server.port())))
    yield lint_pkix_cert, "certificate of the server", own, ()
    yield lint_pkix_cert, "certificate of the administrator", first_certificate(server.data / "admin.pem"), ()
    for role in ("operator", "auditor", "station", "registration-authority"):
        profile = ("--profile", "operational") if role in ("station", "registration-authority") else ()
        server.command("admin", "add", f"lint-{role}", "--role", role, *profile, "--out", server.folder / role)
        yield lint_pkix_cert, f"certificate of a role: {role}", first_certificate(server.folder / f"{role}.pem"), ()
    for address in crl_addresses(leaves + known):
        der = fetch(server, path_of(address))
        kind = "ARL" if x509.load_der_x509_crl(der).issuer == known[0].subject else "CRL"
        yield lint_crl, "CRL", der, ("-t", kind, "-p", "PKIX")


def first_certificate(path):
    return ssl.PEM_cert_to_DER_cert(path.read_text().split("-----END")[0] + "-----END CERTIFICATE-----\n")


def revoke_some(server):
    """A list with entries of each kind is worth more than an empty one."""
    client = Client(server)
    grant = server.add_grant("operational", 4)
    for reason in ("keyCompromise", "superseded", "cessationOfOperation", "unspecified"):
        certificate = client.enroll(
            grant["name"], grant["secret"], f"LINT-REVOKED-{reason}".upper(), make_key("p256"))
        server.command("certificate", "revoke", f"{certificate.serial_number:x}", "--reason", reason)
        yield certificate


def check(objects, counts):
    for program, what, der, options in objects:
        counts[what] += 1
        findings = lint(program, der, *options)
        if findings:
            kept = Path(tempfile.gettempdir()) / "touchmark-lint-finding.der"
            kept.write_bytes(der)
            expect(False, f"{what}, kept as {kept}:\n" + "\n".join(findings[:10]))


def case_the_linter_can_fail(context, folder):
    """The linters do find what is wrong: a certificate of version 1 with extensions' promises broken, and noise"""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 64)])
    now = x509.load_pem_x509_certificate(context.production.root.read_bytes()).not_valid_before_utc
    bad = (
        x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("a.example")]), critical=False)
        .sign(key, hashes.SHA256()))
    expect(lint(lint_pkix_cert, bad.public_bytes(serialization.Encoding.DER)), "pkilint found nothing")
    for program, options in ((lint_pkix_cert, ()), (lint_ocsp_response, ()), (lint_crl, ("-t", "CRL", "-p", "PKIX"))):
        expect(lint(program, b"\x30\x03\x02\x01\x00", *options), f"{program.__name__} took noise")


def case_every_profile_and_key(context, folder):
    """Every profile and key type, authorities, responders, CRLs and OCSP answers are clean"""
    counts = collections.Counter()
    production, demonstration = context.production, context.demonstration
    check(collect(production, {
        "operational": OPERATIONAL_KEYS, "idevid": DEVICE_KEYS, "gateway": DEVICE_KEYS, "server": SERVER_KEYS,
    }, list(revoke_some(production))), counts)
    check(collect(demonstration, {"operational": OPERATIONAL_KEYS, "lab": LAB_KEYS}), counts)
    for options in (("--algorithm", "P-384"), ("--algorithm", "RSA-3072")):
        server = context.installation("authority-" + options[1], "--public-http", "http://pki.interop.example", *options)
        check(collect(server, {"operational": {"p256": 10}, "idevid": {"p256": 5}}), counts)
    total = sum(counts.values())
    context.note(f"pkilint: {total} objects clean: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    expect(total >= LEAST, f"{total} objects, and at least {LEAST} are owed")
