"""openssl ocsp: good, held, revoked and unknown, each way that a client may ask."""

import base64
import time
import urllib.parse

from Interop.harness import authorities, curl, enroll, expect, expect_equal, head_of, issuer_of, run


def ask(server, folder, issuer, *options, code=0):
    """Asks with openssl, which verifies the answer's signature and the responder's right to give it."""
    trusted = folder / "trusted.pem"
    trusted.write_text(server.root.read_text() + "".join(authorities(server)))
    answer = run(
        "openssl", "ocsp", "-url", server.http + "/ocsp", "-issuer", issuer, "-CAfile", trusted, *options, code=code)
    expect("Response verify OK" in answer.text, answer.text)
    return answer.text


def status_of(text, certificate):
    lines = [line for line in text.splitlines() if line.startswith(f"{certificate}: ")]
    expect(lines, f"nothing about {certificate} in {text}")
    return lines[0].split(": ")[1]


def case_good(context, folder):
    """good, with and without a nonce, with SHA-1 and with SHA-256 certificate identifiers"""
    server = context.production
    device = enroll(server, "OCSP-1", folder=folder)
    issuer = issuer_of(server, device.certificate, folder)
    for nonce in ((), ("-no_nonce",)):
        for digest in ("-sha1", "-sha256"):
            text = ask(server, folder, issuer, *nonce, digest, "-cert", device.certificate)
            expect_equal(status_of(text, device.certificate), "good", f"status with {nonce} {digest}")
            expect(nonce or "no nonce in response" not in text, f"the nonce was not echoed\n{text}")


def case_revoked_within_a_second(context, folder):
    """A revocation is seen one second later, with its reason"""
    server = context.production
    device = enroll(server, "OCSP-2", folder=folder)
    issuer = issuer_of(server, device.certificate, folder)
    ask(server, folder, issuer, "-cert", device.certificate)
    server.command("certificate", "revoke", device.hex, "--reason", "keyCompromise")
    time.sleep(1)
    for nonce in ((), ("-no_nonce",)):
        text = ask(server, folder, issuer, *nonce, "-cert", device.certificate)
        expect_equal(status_of(text, device.certificate), "revoked", f"status with {nonce}")
        expect("keyCompromise" in text, text)


def case_held_and_lifted(context, folder):
    """A suspended device's certificate is revoked as certificateHold, and good again when it is resumed"""
    server = context.production
    device = enroll(server, "OCSP-3", folder=folder)
    issuer = issuer_of(server, device.certificate, folder)
    for verb, wanted in (("suspend", "revoked"), ("resume", "good")):
        server.command("device", verb, "OCSP-3", "--reason", "a rehearsal")
        time.sleep(1)
        text = ask(server, folder, issuer, "-cert", device.certificate)
        expect_equal(status_of(text, device.certificate), wanted, f"status after {verb}")
        expect(wanted == "good" or "certificateHold" in text, text)


def case_unknown(context, folder):
    """A serial that was never issued is unknown, not good"""
    server = context.production
    device = enroll(server, "OCSP-4", folder=folder)
    issuer = issuer_of(server, device.certificate, folder)
    text = ask(server, folder, issuer, "-serial", "0x0123456789abcdef0123456789abcdef")
    expect("unknown" in text and ": good" not in text, text)


def case_several(context, folder):
    """Several certificates in one request each get their answer"""
    server = context.production
    devices = [enroll(server, f"OCSP-5{letter}", folder=folder) for letter in "ABC"]
    issuer = issuer_of(server, devices[0].certificate, folder)
    server.command("certificate", "revoke", devices[1].hex, "--reason", "superseded")
    time.sleep(1)
    text = ask(server, folder, issuer, *[part for each in devices for part in ("-cert", each.certificate)])
    found = [status_of(text, each.certificate) for each in devices]
    expect_equal(found, ["good", "revoked", "good"], "statuses")


def case_root(context, folder):
    """The root has no responder: its answer is unauthorized, and its CRL speaks for the authorities"""
    server = context.production
    device = enroll(server, "OCSP-6", folder=folder)
    authority = issuer_of(server, device.certificate, folder)
    text = run(
        "openssl", "ocsp", "-url", server.http + "/ocsp", "-issuer", server.root, "-cert", authority,
        "-CAfile", server.root, "-no_nonce", code=None).text
    # The root is never opened by the server: its CRL is made ahead, and it has no OCSP responder.
    expect("good" in text or "unauthorized" in text, text)
    expect("unauthorized" not in text or "OCSP" not in run(
        "openssl", "x509", "-in", authority, "-noout", "-text").out.decode(), "an OCSP address that does not answer")


def case_get(context, folder):
    """GET answers with the headers of RFC 5019, escaped and unescaped, and the same response can be cached"""
    server = context.production
    device = enroll(server, "OCSP-7", folder=folder)
    issuer = issuer_of(server, device.certificate, folder)
    request = folder / "request.der"
    run("openssl", "ocsp", "-issuer", issuer, "-cert", device.certificate, "-no_nonce", "-reqout", request)
    encoded = base64.b64encode(request.read_bytes()).decode()
    trusted = folder / "all.pem"
    trusted.write_text(server.root.read_text() + "".join(authorities(server)))
    for path in (urllib.parse.quote(encoded, safe=""), encoded):
        answer = folder / "answer.der"
        answer.write_bytes(curl(server, "/ocsp/" + path, "--path-as-is", where="http"))
        head = head_of(server)
        expect_equal(head["content-type"], "application/ocsp-response", "content type")
        expect("max-age=" in head.get("cache-control", ""), f"no max-age in {head}")
        for name in ("etag", "expires", "last-modified"):
            expect(name in head, f"no {name} in {head}")
        text = run("openssl", "ocsp", "-respin", answer, "-issuer", issuer, "-cert", device.certificate,
                   "-CAfile", trusted).text
        expect_equal(status_of(text, device.certificate), "good", "status by GET")
    tag = head["etag"]
    curl(server, "/ocsp/" + encoded, "-H", f"If-None-Match: {tag}", where="http", code=304)


def case_malformed(context, folder):
    """What is no OCSP request gets the unsigned answer malformedRequest"""
    server = context.production
    path = folder / "malformed.der"
    path.write_bytes(curl(
        server, "/ocsp", "-H", "Content-Type: application/ocsp-request", "--data-binary", "nonsense", where="http"))
    text = run("openssl", "ocsp", "-respin", path, "-resp_text", code=None).text
    expect("malformedrequest" in text.lower(), text)


def case_http_1_0(context, folder):
    """openssl's own client speaks HTTP/1.0, and waits for the end of the connection"""
    # `openssl ocsp -url` sends HTTP/1.0 requests (OSSL_HTTP), so that the cases above went through it: here its time.
    server = context.production
    device = enroll(server, "OCSP-8", folder=folder)
    issuer = issuer_of(server, device.certificate, folder)
    began = time.monotonic()
    ask(server, folder, issuer, "-cert", device.certificate, "-timeout", "5")
    expect(time.monotonic() - began < 5, "the answer came, and the connection stayed open")
