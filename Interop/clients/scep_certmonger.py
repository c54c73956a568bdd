"""certmonger's scep-submit, which other fleets' machines run: its own reading of capabilities, chains and answers.

scep-submit sends what certmonger made. Here it sends what strongSwan made, taken off the wire on its way: so a message
of one client is sent twice, by another, and the answer read by its code.
"""

import base64
import http.server
import re
import threading
import urllib.error
import urllib.request

from Interop.clients.scep_strongswan import authorities, enroll, profile, rsa_key
from Interop.harness import expect, expect_equal, run

SUBMIT = "/usr/lib/certmonger/scep-submit"


class Recorder(http.server.ThreadingHTTPServer):
    """Passes requests on, and keeps what was posted and answered."""

    def __init__(self, target):
        self.target, self.kept = target, []
        super().__init__(("127.0.0.1", 0), Passing)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Passing(http.server.BaseHTTPRequestHandler):
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = urllib.request.Request(self.server.target + self.path, body or None, method=self.command)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        if body:
            self.server.kept.append((body, content))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = pass_on

    def log_message(self, *_):
        pass


def submit(url, *options, code=0):
    return run(SUBMIT, "--url", url, *options, code=code)


def case_capabilities_and_certificates(context, folder):
    """scep-submit reads the capabilities, and the registration authority's certificate and chain"""
    server = context.production
    url = profile(server, folder)
    words = submit(url, "--retrieve-ca-capabilities").out.decode()
    expect("POSTPKIOperation" in words and "SHA-512" in words, words)
    found = submit(url, "--retrieve-ca-certificates").out.decode()
    expect(len(re.findall("BEGIN CERTIFICATE", found)) >= 3, found)


def case_the_next_authority(context, folder):
    """scep-submit is told of the root that waits, verifies who told it, and openssl takes it by the root in force"""
    server = context.production
    url = profile(server, folder)
    expect("GetNextCACert" in submit(url, "--retrieve-ca-capabilities").out.decode(), "it is not offered")
    found = submit(url, "--retrieve-ca-certificates", *trust(url, server, folder)).out.decode()
    expect("BEGIN CERTIFICATE" in found, found)
    # The same answer, read by openssl: the signature first, then the road from the root in force to the one that waits.
    with urllib.request.urlopen(f"{url}?operation=GetNextCACert", timeout=20) as answer:
        expect_equal(answer.headers["Content-Type"], "application/x-x509-next-ca-cert", "type")
        (folder / "next.der").write_bytes(answer.read())
    authority, chain = authorities(url, folder)
    # openssl 3.0 looks for what lies between in the message and in the store; a path still ends at the root alone.
    store = folder / "store.pem"
    store.write_bytes(server.root.read_bytes() + b"".join(path.read_bytes() for path in chain))
    run("openssl", "cms", "-verify", "-inform", "DER", "-in", folder / "next.der", "-CAfile", store, "-purpose", "any",
        "-out", folder / "inner.der")
    pem = run("openssl", "pkcs7", "-inform", "DER", "-in", folder / "inner.der", "-print_certs").out.decode()
    told = re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", pem, re.DOTALL)
    expect_equal(len(told), 2, "certificates")
    for name, text in zip(("waiting.crt", "road.crt"), told):
        (folder / name).write_text(text)
    run("openssl", "verify", "-CAfile", server.root, folder / "road.crt")
    keys = [run("openssl", "x509", "-in", folder / name, "-noout", "-pubkey").out for name in ("waiting.crt", "road.crt")]
    expect_equal(keys[0], keys[1], "the key of the root that waits")
    expect(keys[0] != run("openssl", "x509", "-in", server.root, "-noout", "-pubkey").out, "it is the root in force")


def recorded(server, folder, serial):
    """A PKIOperation of strongSwan's, which was answered with a certificate, and that answer."""
    url = profile(server, folder)
    secret = server.add_device(serial, "scep")["secret"]
    recorder = Recorder(server.http)
    enroll(recorder.url + "/scep/scep", folder, rsa_key(folder, serial), serial, "--password", secret)
    recorder.shutdown()
    expect_equal(len(recorder.kept), 1, "messages that strongSwan posted")
    return url, *recorder.kept[0]


def trust(url, server, folder):
    authority, chain = authorities(url, folder)
    # What scep-submit verifies an answer by is a root, as certmonger keeps it apart from what lies between.
    between = folder / "between.pem"
    between.write_bytes(b"".join(path.read_bytes() for path in chain))
    return ["--racert", authority, "--signingca", server.root, "--other-certs", between]


def case_the_same_message_again(context, folder):
    """scep-submit sends a message of strongSwan's once more, and verifies the same certificate's answer"""
    server = context.production
    url, message, _ = recorded(server, folder, "SCEP-MONGER-1")
    path = folder / "message.pem"
    path.write_bytes(b"-----BEGIN PKCS7-----\n" + base64.encodebytes(message) + b"-----END PKCS7-----\n")
    answer = submit(url, *trust(url, server, folder), "--pki-message", path)
    expect(b"BEGIN" in answer.out or len(answer.out) > 100, answer.text)
    issued = server.command("certificate", "list", "--where", "serial=SCEP-MONGER-1")
    expect_equal(len(issued), 1, "certificates of one message")


def case_the_same_message_by_get(context, folder):
    """The same message by GET, in base64 that is escaped and in base64 that is not, is answered as by POST"""
    server = context.production
    url, message, _ = recorded(server, folder, "SCEP-MONGER-2")
    text = base64.b64encode(message).decode()
    escaped = text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    for form in (escaped, text):
        with urllib.request.urlopen(f"{url}?operation=PKIOperation&message={form}", timeout=20) as answer:
            expect_equal(answer.headers["Content-Type"], "application/x-pki-message", "type")
            expect(answer.read(), "an empty answer")
    expect_equal(len(server.command("certificate", "list", "--where", "serial=SCEP-MONGER-2")), 1, "certificates")


def case_a_closed_door(context, folder):
    """A profile without scep among its protocols has no SCEP, in the words of one that is not there"""
    server = context.production
    answers = set()
    for name in ("operational", "no-such-profile"):
        try:
            urllib.request.urlopen(f"{server.http}/scep/{name}?operation=GetCACert", timeout=20)
            expect(False, f"{name} answered")
        except urllib.error.HTTPError as error:
            answers.add((error.code, error.read()))
    expect_equal(len(answers), 1, "answers of a closed and of a missing profile")
