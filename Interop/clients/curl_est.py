"""EST by hand: openssl makes keys and requests, curl carries them, openssl reads the answers."""

import base64
import http.client
import socket
import ssl

from Interop.harness import (
    Failure, authorities, base64_body, certificates_in, curl, device_subject, enroll, expect, expect_equal, head_of,
    make_key, make_request, run)

PKCS10 = ("-H", "Content-Type: application/pkcs10")


def request_for(folder, serial, algorithm="p256"):
    key = make_key(folder / f"{serial}.key", algorithm)
    return key, make_request(folder / f"{serial}.csr", key, device_subject(serial))


def post(server, path, request, *options, code=200):
    return curl(
        server, f"/.well-known/est{path}", *PKCS10, "--data-binary", base64_body(request).decode(), *options, code=code)


def case_cacerts(context, folder):
    """cacerts gives every issuing chain, to anyone, and openssl verifies it to the root"""
    server = context.production
    pems = authorities(server)
    expect(len(pems) >= 3, f"{len(pems)} certificates, and at least a root and two issuers were expected")
    expect_equal(head_of(server)["content-type"].split(";")[0], "application/pkcs7-mime", "content type")
    body = curl(server, "/.well-known/est/cacerts")
    expect(body.endswith(b"\n") and b"\n" not in body[:-1], "not base64 in one line with a final newline")
    for number, pem in enumerate(pems):
        path = folder / f"{number}.pem"
        path.write_text(pem)
        run("openssl", "verify", "-CAfile", server.root, path)


def case_simpleenroll_with_a_secret(context, folder):
    """simpleenroll with a device's one-time secret, and the same answer when the first one was lost"""
    server = context.production
    secret = server.add_device("CURL-1")["secret"]
    _, request = request_for(folder, "CURL-1")
    first = post(server, "/simpleenroll", request, "-u", f"CURL-1:{secret}")
    content_type = head_of(server)["content-type"]
    expect(
        content_type.startswith("application/pkcs7-mime") and "smime-type=certs-only" in content_type,
        f"content type {content_type}")
    again = post(server, "/simpleenroll", request, "-u", f"CURL-1:{secret}")
    expect_equal(certificates_in(again)[0], certificates_in(first)[0], "the certificate asked for again")
    _, other = request_for(folder, "CURL-1-OTHER")
    make_request(other, folder / "CURL-1-OTHER.key", device_subject("CURL-1"))
    refused = run(
        "curl", "-sS", "--cacert", server.root, "-u", f"CURL-1:{secret}", *PKCS10, "--data-binary",
        base64_body(other).decode(), "-o", "/dev/null", "-w", "%{http_code}",
        server.https + "/.well-known/est/simpleenroll").out.decode()
    expect(refused[0] == "4", f"a used secret with another key got {refused}")


def case_simpleenroll_every_key(context, folder):
    """simpleenroll of every kind of key that the profile takes, read and verified by openssl"""
    server = context.production
    for algorithm in ("p256", "p384", "ed25519", "rsa2048"):
        device = enroll(server, f"CURL-{algorithm}", algorithm=algorithm, folder=folder)
        run("openssl", "verify", "-CAfile", server.root, "-untrusted", device.chain, "-purpose", "sslclient",
            device.certificate)
        # The key in the certificate is the one that was asked for.
        asked = run("openssl", "pkey", "-in", device.key, "-pubout").out
        expect_equal(run("openssl", "x509", "-in", device.certificate, "-noout", "-pubkey").out, asked, "public key")


def case_wrong_secret(context, folder):
    """A wrong secret, an unknown name and no credential at all are 401 with a challenge"""
    server = context.production
    server.add_device("CURL-WRONG")
    _, request = request_for(folder, "CURL-WRONG")
    for options in (("-u", "CURL-WRONG:" + "A" * 43), ("-u", "CURL-NOBODY:" + "A" * 43), ()):
        post(server, "/simpleenroll", request, *options, code=401)
        expect("basic" in head_of(server).get("www-authenticate", "").lower(), f"no Basic challenge with {options}")


def case_bad_bodies(context, folder):
    """Bodies that are no request are 400, and one that is too large is 413"""
    server = context.production
    secret = server.add_device("CURL-BAD")["secret"]
    path, user = "/.well-known/est/simpleenroll", ("-u", f"CURL-BAD:{secret}")
    for body in ("", "not base64!", base64.b64encode(b"\x30\x03\x02\x01\x00").decode(), "A" * 401):
        curl(server, path, *user, *PKCS10, "--data-binary", body, code=400)
    large = folder / "large"
    large.write_bytes(b"A" * 3_000_000)
    curl(server, path, *user, *PKCS10, "--data-binary", f"@{large}", code=413)


def case_proof_of_possession(context, folder):
    """A request whose signature is not its key's is refused"""
    server = context.production
    secret = server.add_device("CURL-POP")["secret"]
    _, request = request_for(folder, "CURL-POP")
    der = bytearray(base64.b64decode(base64_body(request)))
    der[-3] ^= 1
    body = base64.b64encode(bytes(der)).decode()
    curl(server, "/.well-known/est/simpleenroll", "-u", f"CURL-POP:{secret}", *PKCS10, "--data-binary", body, code=400)


def case_grant(context, folder):
    """A grant enrolls as many devices as it says, counts a repeated answer once, and is then used up"""
    server = context.production
    grant = server.add_grant("operational", 2)
    user = ("-u", f"{grant['name']}:{grant['secret']}")
    for serial in ("CURL-G1", "CURL-G2"):
        _, request = request_for(folder, serial)
        first = post(server, "/simpleenroll", request, *user)
        again = post(server, "/simpleenroll", request, *user)
        expect_equal(certificates_in(again)[0], certificates_in(first)[0], "the certificate asked for again")
    _, request = request_for(folder, "CURL-G3")
    status = run(
        "curl", "-sS", "--cacert", server.root, *user, *PKCS10, "--data-binary", base64_body(request).decode(),
        "-o", "/dev/null", "-w", "%{http_code}", server.https + "/.well-known/est/simpleenroll").out.decode()
    expect(status[0] == "4", f"a third device got {status} from a grant for two")
    shown = server.command("grant", "show", grant["name"])
    expect_equal((shown["issued"], shown["left"]), (2, 0), "issued and left")


def case_label(context, folder):
    """A path label that names the device's profile enrolls, and one that would widen it is refused"""
    server = context.production
    secret = server.add_device("CURL-L", "operational")["secret"]
    _, request = request_for(folder, "CURL-L")
    for label, wanted in (("idevid", "4"), ("no-such-profile", "4"), ("operational", "200")):
        status = run(
            "curl", "-sS", "--cacert", server.root, "-u", f"CURL-L:{secret}", *PKCS10, "--data-binary",
            base64_body(request).decode(), "-o", "/dev/null", "-w", "%{http_code}",
            f"{server.https}/.well-known/est/{label}/simpleenroll").out.decode()
        expect(status.startswith(wanted), f"label {label} got {status}")
    expect(certificates_in(curl(server, "/.well-known/est/operational/cacerts")), "no chain under a label")


def case_simplereenroll(context, folder):
    """simplereenroll by certificate, with the same key and with a new one"""
    server = context.production
    device = enroll(server, "CURL-R", folder=folder)
    client = ("--cert", device.certificate, "--key", device.key)
    renewed = certificates_in(post(server, "/simplereenroll", device.request, *client))[0]
    expect(renewed != device.certificate.read_text(), "the same certificate came back")
    (folder / "renewed.pem").write_text(renewed)
    run("openssl", "verify", "-CAfile", server.root, "-untrusted", device.chain, folder / "renewed.pem")
    key = make_key(folder / "next.key")
    request = make_request(folder / "next.csr", key, device_subject("CURL-R"))
    (folder / "next.pem").write_text(certificates_in(post(server, "/simplereenroll", request, *client))[0])
    run("openssl", "verify", "-CAfile", server.root, "-untrusted", device.chain, folder / "next.pem")
    other = make_request(folder / "other.csr", key, device_subject("CURL-SOMEBODY"))
    with_other_name = run(
        "curl", "-sS", "--cacert", server.root, *client, *PKCS10, "--data-binary", base64_body(other).decode(),
        "-o", "/dev/null", "-w", "%{http_code}", server.https + "/.well-known/est/simplereenroll").out.decode()
    expect(with_other_name[0] == "4", f"another subject's renewal got {with_other_name}")


def renew_over(connection, request):
    """Asks for a renewal on this connection and returns the status."""
    connection.request("POST", "/.well-known/est/simplereenroll", base64_body(request), {
        "Content-Type": "application/pkcs10"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def connect(server, trust, session=None):
    """A mutual TLS connection, by an earlier session where there is one; with the session to resume it by."""
    secured = trust.wrap_socket(
        socket.create_connection(("localhost", server.port()), timeout=60), server_hostname="localhost", session=session)
    connection = http.client.HTTPSConnection("localhost", server.port(), context=trust, timeout=60)
    connection.sock = secured
    return connection


def case_suspended_device(context, folder):
    """A suspended device renews nothing, on a kept-alive and on a resumed connection neither, until it is resumed"""
    server = context.production
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        serial = f"CURL-S-{version.name[-1]}"
        device = enroll(server, serial, folder=folder)
        trust = ssl.create_default_context(cafile=str(server.root))
        trust.minimum_version = trust.maximum_version = version
        trust.load_cert_chain(device.certificate, device.key)
        kept = connect(server, trust)
        expect_equal(renew_over(kept, device.request), 200, f"{serial}: before")
        # TLS 1.3 sends its tickets after the handshake: they came with the answer.
        session = kept.sock.session
        server.command("device", "suspend", serial, "--reason", "seen where it should not be")
        expect_equal(renew_over(kept, device.request), 403, f"{serial}: on the connection that it had")
        resumed = connect(server, trust, session)
        expect(resumed.sock.session_reused, f"{serial}: the session was not resumed, so that this shows nothing")
        expect_equal(renew_over(resumed, device.request), 403, f"{serial}: on a resumed connection")
        server.command("device", "resume", serial, "--reason", "it was lent")
        expect_equal(renew_over(resumed, device.request), 200, f"{serial}: once it is resumed")


def case_no_certificate_no_renewal(context, folder):
    """simplereenroll without a certificate is refused"""
    server = context.production
    _, request = request_for(folder, "CURL-NC")
    status = run(
        "curl", "-sS", "--cacert", server.root, *PKCS10, "--data-binary", base64_body(request).decode(),
        "-o", "/dev/null", "-w", "%{http_code}", server.https + "/.well-known/est/simplereenroll").out.decode()
    expect(status in ("401", "403"), f"got {status}")


def case_csrattrs(context, folder):
    """csrattrs is 200 with base64, or 204 or 404 where there is nothing to say"""
    server = context.production
    status = run(
        "curl", "-sS", "--cacert", server.root, "-o", folder / "csrattrs", "-w", "%{http_code}",
        server.https + "/.well-known/est/csrattrs").out.decode()
    expect(status in ("200", "204", "404"), f"got {status}")
    if status == "200":
        run("openssl", "asn1parse", "-inform", "DER",
            stdin=base64.b64decode((folder / "csrattrs").read_bytes(), validate=False))


def case_http_1_0(context, folder):
    """An HTTP/1.0 client enrolls, and its connection is closed after the answer"""
    server = context.production
    secret = server.add_device("CURL-10")["secret"]
    _, request = request_for(folder, "CURL-10")
    answer = post(server, "/simpleenroll", request, "-u", f"CURL-10:{secret}", "--http1.0")
    expect(certificates_in(answer), "no certificate")
    trust = ssl.create_default_context(cafile=str(server.root))
    with socket.create_connection(("127.0.0.1", server.port()), timeout=20) as plain:
        with trust.wrap_socket(plain, server_hostname="localhost") as secure:
            secure.sendall(b"GET /.well-known/est/cacerts HTTP/1.0\r\nHost: localhost\r\n\r\n")
            received = b""
            try:
                while part := secure.recv(65536):
                    received += part
            except TimeoutError:
                raise Failure("the connection was still open after 20 s")
    expect(received.startswith(b"HTTP/1."), f"{received[:60]!r}")
    expect(certificates_in(received.split(b"\r\n\r\n", 1)[1]), "no certificates")


def case_http_2(context, folder):
    """An HTTP/2 client enrolls"""
    server = context.production
    secret = server.add_device("CURL-H2")["secret"]
    _, request = request_for(folder, "CURL-H2")
    expect(certificates_in(post(server, "/simpleenroll", request, "-u", f"CURL-H2:{secret}", "--http2")), "none")
    version = run("curl", "-sS", "--http2", "--cacert", server.root, "-o", "/dev/null", "-w", "%{http_version}",
                  server.https + "/.well-known/est/cacerts").out.decode()
    expect_equal(version, "2", "HTTP version")


def case_tls_versions(context, folder):
    """TLS 1.2 and 1.3 are spoken, 1.1 is not, and the server's certificate shows id-kp-cmcRA"""
    server = context.production
    for option in (("--tlsv1.2", "--tls-max", "1.2"), ("--tlsv1.3",)):
        curl(server, "/.well-known/est/cacerts", *option)
    old = run(
        "openssl", "s_client", "-connect", f"127.0.0.1:{server.port()}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0",
        code=None)
    expect(old.code != 0, "TLS 1.1 was spoken")
    shown = run("openssl", "s_client", "-connect", f"127.0.0.1:{server.port()}", "-showcerts", code=None).out
    (folder / "server.pem").write_bytes(shown[shown.index(b"-----BEGIN"):shown.index(b"-----END CERT") + 26])
    purposes = run("openssl", "x509", "-in", folder / "server.pem", "-noout", "-text").out.decode()
    # id-kp-cmcRA, RFC 6402 §2.10; openssl has a name for it.
    expect("CMC Registration Authority" in purposes or "1.3.6.1.5.5.7.3.28" in purposes, "no id-kp-cmcRA")
