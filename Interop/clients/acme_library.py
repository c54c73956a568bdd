"""Python's acme library, on which certbot stands: what a gateway does with one account, dns-01, tls-alpn-01."""

import concurrent.futures
import datetime
import hashlib
import socket
import subprocess
import time

import josepy
from acme import challenges, client, messages
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pkilint.bin import lint_pkix_cert

from Interop.acme_world import world
from Interop.clients.pkilint_objects import lint
from Interop.harness import expect, expect_equal, tool

AT_ONCE, ORDERS = 200, 500


def connect(here, key, account=None):
    net = client.ClientNetwork(key, account=account, alg=josepy.ES256, user_agent="interop", verify_ssl=str(here.server.root))
    return client.ClientV2(client.ClientV2.get_directory(here.directory(), net), net)


def register(here):
    key = josepy.JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
    return key, connect(here, key).new_account(messages.NewRegistration.from_data(
        email="ops@example.com", terms_of_service_agreed=True))


def keys(number):
    """Of every kind that the profile takes; RSA is slow to make, so that one in ten has it."""
    if number % 10 == 9:
        return rsa.generate_private_key(65537, 2048)
    return [lambda: ec.generate_private_key(ec.SECP256R1()), lambda: ec.generate_private_key(ec.SECP384R1()),
            ed25519.Ed25519PrivateKey.generate][number % 3]()


def request(names, number=0):
    key = keys(number)
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.PEM)


def obtain(connection, key, names, show, kind=challenges.HTTP01, number=0):
    order = connection.new_order(request(names, number))
    for authorization in order.authorizations:
        challenge = next(each for each in authorization.body.challenges if isinstance(each.chall, kind))
        response, validation = challenge.response_and_validation(key)
        show(authorization.body.identifier.value, challenge.chall, validation)
        connection.answer_challenge(challenge, response)
    done = connection.poll_and_finalize(order, datetime.datetime.now() + datetime.timedelta(seconds=180))
    return x509.load_pem_x509_certificates(done.fullchain_pem.encode())[0]


def case_many_orders_at_once(context, folder):
    """500 orders on one account, 200 at once, as a gateway makes them: none failed, all clean under pkilint"""
    here = world(context)
    key, account = register(here)
    started = time.monotonic()
    with here.tokens() as shown:
        def one(number):
            connection = connect(here, key, account)
            name = f"gateway-{number}.test"
            return obtain(
                connection, key, [name],
                lambda _, challenge, validation: shown.__setitem__(challenge.encode("token"), validation),
                number=number)

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            issued = [each.result() for each in [pool.submit(one, number) for number in range(ORDERS)]]
    seconds = time.monotonic() - started
    expect_equal(len({each.serial_number for each in issued}), ORDERS, "different certificates")
    findings = [
        line for each in issued
        for line in lint(lint_pkix_cert, each.public_bytes(serialization.Encoding.DER))]
    expect(not findings, "\n".join(findings[:5]))
    context.note(
        f"acme: {ORDERS} orders on one account, {AT_ONCE} at once, in {seconds:.1f} s, client's time included; 0 failed, "
        f"{len(issued)} certificates clean under pkilint")


APPROVED = """name: approved
description: as lab, and an operator says yes
authority: lab
honor: [subject, subject-alternative-names]
keys: [P-256]
validity: 24h
key-usage: [digitalSignature]
extended-key-usage: [clientAuth]
ask: [challenge]
protocols: [acme]
device: false
approval: required
"""


def case_approval(context, folder):
    """the order is `processing`, with Retry-After, until an operator approves; the library polls until it is valid"""
    here = world(context)
    (folder / "approved.yaml").write_text(APPROVED)
    here.server.command("profile", "apply", folder / "approved.yaml")
    key = josepy.JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
    net = client.ClientNetwork(key, alg=josepy.ES256, user_agent="interop", verify_ssl=str(here.server.root))
    connection = client.ClientV2(client.ClientV2.get_directory(here.directory("approved"), net), net)
    connection.new_account(messages.NewRegistration.from_data(email="ops@example.com", terms_of_service_agreed=True))
    with here.tokens() as shown:
        order = connection.new_order(request(["approved.test"]))
        for authorization in order.authorizations:
            challenge = next(
                each for each in authorization.body.challenges if isinstance(each.chall, challenges.HTTP01))
            response, validation = challenge.response_and_validation(key)
            shown[challenge.chall.encode("token")] = validation
            connection.answer_challenge(challenge, response)
        deadline = datetime.datetime.now() + datetime.timedelta(seconds=120)
        order = connection.begin_finalization(connection.poll_authorizations(order, deadline))
    expect_equal(order.body.status, messages.STATUS_PROCESSING, "the order before an operator has approved")
    polled = connection._post_as_get(order.uri)
    expect_equal(polled.json()["status"], "processing", "the order when it is fetched")
    expect(int(polled.headers["Retry-After"]) > 0, "an order that is processing says when to ask again")
    waiting = here.server.command("request", "list")
    expect_equal([each["door"] for each in waiting], ["acme"], "requests that wait")
    here.server.command("request", "approve", waiting[0]["id"], "--reason", "seen")
    done = connection.poll_finalization(order, deadline)
    issued = x509.load_pem_x509_certificates(done.fullchain_pem.encode())[0]
    names = issued.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    expect_equal(names.get_values_for_type(x509.DNSName), ["approved.test"], "names")


def case_dns(context, folder):
    """dns-01 for a wildcard, beside more records than a datagram holds: the answer is fetched by TCP"""
    here = world(context)
    key, account = register(here)

    def show(name, _, validation):
        here.names.texts[f"_acme-challenge.{name}"] = [f"{number:043}" for number in range(30)] + [validation]

    issued = obtain(connect(here, key, account), key, ["*.wild.test"], show, challenges.DNS01)
    names = issued.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    expect_equal(names.get_values_for_type(x509.DNSName), ["*.wild.test"], "names")
    expect(here.stream.asked > 0, "the records were asked for by TCP")


def case_not_allowed(context, folder):
    """a name whose address is outside of what the operator allowed is not connected to"""
    here = world(context)
    key, account = register(here)
    connection = connect(here, key, account)
    # No address at all: the server of names here knows nothing but test.
    order = connection.new_order(request(["elsewhere.example"]))
    challenge = next(
        each for each in order.authorizations[0].body.challenges if isinstance(each.chall, challenges.HTTP01))
    response, _ = challenge.response_and_validation(key)
    connection.answer_challenge(challenge, response)
    deadline = time.monotonic() + 60
    while True:
        shown, _ = connection.poll(order.authorizations[0])
        if shown.body.status not in (messages.STATUS_PENDING, messages.STATUS_PROCESSING):
            break
        expect(time.monotonic() < deadline, "the challenge was not decided")
        time.sleep(0.5)
    expect_equal(shown.body.status, messages.STATUS_INVALID, "the authorization")


def alpn_certificate(folder, name, key_authorization):
    """What RFC 8737 §3 shows: self-signed, for one name, with the digest in a critical extension."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([]), datetime.datetime.now(datetime.timezone.utc)
    digest = b"\x04\x20" + hashlib.sha256(key_authorization.encode()).digest()
    certificate = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(
        key.public_key()).serial_number(7).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=1)).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name)]), True).add_extension(
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31"), digest), True).sign(
        key, hashes.SHA256())
    (folder / "alpn.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder / "alpn.pem"


def case_tls_alpn(context, folder):
    """tls-alpn-01, with openssl s_server as the host; without the protocol the same certificate shows nothing"""
    here = world(context)
    key, account = register(here)
    for protocol, wanted in (("http/1.1", "invalid"), ("acme-tls/1", "valid")):
        connection = connect(here, key, account)
        order = connection.new_order(request(["alpn.test"]))
        offered = next(
            each for each in order.authorizations[0].body.challenges
            if each.to_partial_json().get("type") == "tls-alpn-01")
        token = offered.to_partial_json()["token"]
        thumbprint = josepy.b64encode(key.thumbprint()).decode()
        host = subprocess.Popen(
            [tool("openssl"), "s_server", "-accept", f"127.0.0.1:{here.tls_port}", "-alpn", protocol, "-quiet", "-cert",
             alpn_certificate(folder, "alpn.test", f"{token}.{thumbprint}")],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", here.tls_port)) == 0:
                        break
                expect(time.monotonic() < deadline, "openssl s_server does not listen")
                time.sleep(0.1)
            connection.net.post(offered.uri, Empty(), new_nonce_url=connection.directory["newNonce"])
            deadline = time.monotonic() + 60
            while True:
                shown, _ = connection.poll(order.authorizations[0])
                status = shown.body.status.name
                if status in ("valid", "invalid"):
                    break
                expect(time.monotonic() < deadline, "the challenge was not decided")
                time.sleep(0.2)
            expect_equal(status, wanted, f"the authorization, under {protocol}")
        finally:
            host.kill()
            host.wait()


class Empty(josepy.JSONObjectWithFields):
    """The answer to a challenge that the library does not know: `{}`, where what is false would be sent as nothing."""

    def __bool__(self):
        return True
