"""certbot, with its own web server on loopback: enrolling, renewing when renewal information says so, revoking."""

import sys
from pathlib import Path

from cryptography import x509

from Interop.acme_world import world
from Interop.harness import expect, run


def certbot(context, folder, *arguments, code=0):
    here = world(context)
    home = here.server.folder / "certbot"
    return run(
        Path(sys.executable).parent / "certbot", *arguments, "--non-interactive", "--config-dir", home / "config",
        "--work-dir", home / "work", "--logs-dir", home / "logs", code=code,
        env={"REQUESTS_CA_BUNDLE": str(here.server.root)}, seconds=300)


def enroll(context, folder, *names, options=()):
    here = world(context)
    domains = [part for name in names for part in ("-d", name)]
    certbot(
        context, folder, "certonly", "--standalone", "--http-01-port", here.http_port, "--http-01-address", "127.0.0.1",
        "--server", here.directory(), "--agree-tos", "-m", "ops@example.com", "--no-eff-email", *options, *domains)
    return here.server.folder / "certbot" / "config" / "live" / names[0] / "cert.pem"


def serial(path):
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def case_certonly(context, folder):
    """certbot enrolls for two names by http-01; openssl verifies the chain that it was given"""
    certificate = enroll(context, folder, "one.test", "two.test")
    names = x509.load_pem_x509_certificate(certificate.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    expect(sorted(names) == ["one.test", "two.test"], f"the certificate is for {names}")
    run("openssl", "verify", "-CAfile", world(context).server.root, "-untrusted", certificate.parent / "chain.pem",
        certificate)


def case_renewal_by_renewal_information(context, folder):
    """certbot renew leaves what is not due, and renews at once what was revoked: renewal information tells it"""
    here = world(context)
    good, bad = enroll(context, folder, "good.test"), enroll(context, folder, "bad.test")
    before = serial(good), serial(bad)
    here.server.command("certificate", "revoke", f"{before[1]:x}", "--reason", "keyCompromise")
    said = certbot(context, folder, "renew", "--no-random-sleep-on-renew", "--http-01-port", here.http_port)
    expect(serial(good) == before[0], f"good.test was renewed, and is not due\n{said.text}")
    expect(serial(bad) != before[1], f"bad.test was not renewed, and is revoked\n{said.text}")


def case_revoke_by_the_account_and_by_the_key(context, folder):
    """certbot revokes by its account, and by the certificate's key alone"""
    here = world(context)
    first = enroll(context, folder, "gone.test")
    number = serial(first)
    certbot(context, folder, "revoke", "--cert-path", first, "--server", here.directory(), "--no-delete-after-revoke")
    second = enroll(context, folder, "stolen.test")
    other = serial(second)
    certbot(
        context, folder, "revoke", "--cert-path", second, "--key-path", second.parent / "privkey.pem", "--server",
        here.directory(), "--reason", "keycompromise", "--no-delete-after-revoke")
    for each in (number, other):
        shown = here.server.command("certificate", "show", f"{each:x}")
        expect(shown["status"] == "revoked", f"{each:x} is {shown['status']}")


def case_account(context, folder):
    """certbot changes its contact, and ends its account; then nothing is given to it"""
    here = world(context)
    enroll(context, folder, "last.test")
    certbot(
        context, folder, "update_account", "--server", here.directory(), "-m", "new@example.com", "--no-eff-email")
    certbot(context, folder, "unregister", "--server", here.directory())
