"""The authorities' token goes away under a running server: what a client of each door is told, and that it goes on after."""

import datetime
import http.client
import time

import josepy
from acme import challenges, messages
from cryptography.hazmat.primitives.asymmetric import ec

from Interop.acme_world import World
from Interop.clients import acme_library, cmp_openssl, scep_python
from Interop.harness import (
    Failure, authorities, base64_body, certificates_in, curl, device_subject, expect, expect_equal, make_key,
    make_request, run)
from Interop.soft_token import SoftToken

PKCS10 = ("-H", "Content-Type: application/pkcs10")


class Scene:
    """One installation with every door open, and a token that can be carried away."""

    def __init__(self, context):
        self.token = SoftToken("Issuing")
        self.acme = World(context, "token-away", "--keys", self.token.uri("Issuing"), environment=self.token.environment)
        self.server = self.acme.server
        self.server.stop()
        with open(self.server.data / "touchmark.yaml", "a") as file:
            file.write("limits:\n  token_sessions: 2\n  token_patience_seconds: 1\n")
        self.server.start()
        document = self.server.plain("profile", "export", "operational").out.decode()
        path = self.server.folder / "operational-cmp.yaml"
        path.write_text(document.replace("protocols: [est", "protocols: [cmp, est"))
        self.server.command("profile", "apply", path)

    def carry(self, away):
        self.token.carry(away)
        wanted = b"503" if away else b"200"
        deadline = time.monotonic() + 60
        while run("curl", "-sS", "--cacert", self.server.root, "-o", "/dev/null", "-w", "%{http_code}",
                  self.server.https + "/readyz").out != wanted:
            expect(time.monotonic() < deadline, f"readyz is not {wanted}\n{self.server.log()}")
            time.sleep(0.2)


def scene(context):
    if not hasattr(context, "token_away"):
        context.token_away = Scene(context)
    return context.token_away


def told_and_on(here, told, on):
    """What a client sees while the token is away; then the same client, the same server, and what it asked for."""
    process = here.server.process.pid
    here.carry(away=True)
    try:
        told()
    finally:
        here.carry(away=False)
    on()
    expect(here.server.process.poll() is None and here.server.process.pid == process, "the server was started again")


def case_est(context, folder):
    """EST: 503 with Retry-After and the reason (RFC 7030 §4.2.3); then the certificate"""
    here = scene(context)
    server = here.server
    secret = server.add_device("AWAY-EST")["secret"]
    body = base64_body(
        make_request(folder / "est.csr", make_key(folder / "est.key"), device_subject("AWAY-EST"))).decode()
    asking = ("-u", f"AWAY-EST:{secret}", *PKCS10, "--data-binary", body)

    def told():
        text = curl(server, "/.well-known/est/simpleenroll", *asking, code=503)
        expect("retry-after:" in (server.folder / "curl.head").read_text().lower(), "no Retry-After")
        expect(b"the authority's key is away; ask again later" in text, f"{text}")

    def on():
        (folder / "est.pem").write_text(
            certificates_in(curl(server, "/.well-known/est/simpleenroll", *asking))[0])
        (folder / "chain.pem").write_text("".join(authorities(server)))
        run("openssl", "verify", "-CAfile", server.root, "-untrusted", folder / "chain.pem", folder / "est.pem")

    told_and_on(here, told, on)


def case_scep(context, folder):
    """SCEP: 503 with Retry-After below its messages, since no failInfo says `later` (RFC 8894 §3.2.1.4); then the same"""
    here = scene(context)
    authority = scep_python.authority_of(here.server, folder)
    now = authority.certificate.not_valid_before_utc
    secret = here.server.add_device("AWAY-SCEP", scep_python.PROFILE)["secret"]

    class Watched(type(authority)):
        """The same, and what it was told instead of a message."""

        def post(self, message):
            connection = http.client.HTTPConnection(self.host, timeout=60)
            connection.request("POST", self.path + "?operation=PKIOperation", message,
                               {"Content-Type": "application/x-pki-message"})
            answer = connection.getresponse()
            self.status, self.after, self.said = answer.status, answer.getheader("Retry-After"), answer.read()
            connection.close()
            raise Failure("told")

    watched = Watched(authority.certificate, authority.host, authority.path)

    def told():
        try:
            scep_python.enroll(watched, "AWAY-SCEP", secret, now)
        except Failure as failure:
            expect_equal(str(failure), "told", "failure")
        expect_equal(watched.status, 503, f"status, with {watched.said}")
        expect(watched.after and int(watched.after) > 0, f"Retry-After is {watched.after}")
        expect(b"away" in watched.said, f"{watched.said}")

    told_and_on(here, told, lambda: scep_python.enroll(authority, "AWAY-SCEP", secret, now))


def case_cmp(context, folder):
    """CMP: systemUnavail, protected as ever (RFC 9810 §5.2.3); then the same secret enrolls"""
    here = scene(context)
    secret = cmp_openssl.secret_of(here.server, "AWAY-CMP")
    _, ask = cmp_openssl.requested(folder, "AWAY-CMP")
    line = ["-cmd", "ir", *cmp_openssl.shared("AWAY-CMP", secret), *ask, "-certout", folder / "cmp.pem"]
    told_and_on(
        here, lambda: cmp_openssl.refused(here.server, folder, *line, says=["systemUnavail", "away"]),
        lambda: cmp_openssl.cmp(here.server, folder, *line))


def case_acme(context, folder):
    """ACME: the order stays `processing` with Retry-After (RFC 8555 §7.4); polling it on gets the certificate"""
    here = scene(context)
    key = josepy.JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
    connection = acme_library.connect(here.acme, key)
    connection.new_account(messages.NewRegistration.from_data(email="ops@example.com", terms_of_service_agreed=True))
    order = connection.new_order(acme_library.request(["away.test"]))
    with here.acme.tokens() as shown:
        for authorization in order.authorizations:
            challenge = next(
                each for each in authorization.body.challenges if isinstance(each.chall, challenges.HTTP01))
            response, validation = challenge.response_and_validation(key)
            shown[challenge.chall.encode("token")] = validation
            connection.answer_challenge(challenge, response)
        deadline = datetime.datetime.now() + datetime.timedelta(seconds=60)
        order = connection.poll_authorizations(order, deadline)

    def told():
        begun = connection.begin_finalization(order)
        expect_equal(begun.body.status, messages.STATUS_PROCESSING, "the order's status")
        answer = connection._post_as_get(order.uri)
        expect_equal(answer.json()["status"], "processing", "the order, fetched")
        expect(int(answer.headers.get("Retry-After", "0")) > 0, f"Retry-After is in {dict(answer.headers)}")

    def on():
        done = connection.poll_finalization(order, datetime.datetime.now() + datetime.timedelta(seconds=60))
        expect("BEGIN CERTIFICATE" in done.fullchain_pem, "no certificate came")

    told_and_on(here, told, on)


def case_limits(context, folder):
    """touchmark.yaml says how many sessions a token has, and how long a request waits for it"""
    here = scene(context)
    metrics = curl(here.server, "/metrics", "--cert", here.server.data / "admin.pem", "--key",
                   here.server.data / "admin.key").decode()
    expect("touchmark_token_sessions{token=\"pkcs11:token=Issuing\"} 2" in metrics,
           "\n".join(line for line in metrics.splitlines() if "token" in line))


def case_rest(context, folder):
    """REST: 503 with the reason, which the command says and ends with 7 (later); then the certificate"""
    here = scene(context)
    make_request(folder / "rest.csr", make_key(folder / "rest.key"), "/CN=away.example.test")
    line = ["certificate", "sign", "--csr", folder / "rest.csr", "--profile", "lab"]

    def told():
        result = here.server.plain(*line, code=7)
        expect("key is away" in result.text, result.text)

    told_and_on(here, told, lambda: expect("BEGIN CERTIFICATE" in here.server.plain(*line).text, "no certificate"))
