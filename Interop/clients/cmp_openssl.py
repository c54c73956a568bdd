"""openssl cmp: every command that it has, under a secret and under a signature, and what it is told when it is wrong."""

import concurrent.futures
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pkilint.bin import lint_pkix_cert

from Interop.clients.pkilint_objects import lint
from Interop.harness import device_subject, expect, expect_equal, make_key, make_request, run, tool

LEAST = 500


@dataclass
class Held:
    """A device with its key and certificate, as files."""
    serial: str
    key: Path
    certificate: Path


def operational(context):
    """An installation whose profiles are open to CMP."""
    server = context.installation("cmp", "--public-http", "http://pki.interop.example")
    if not getattr(server, "has_cmp", False):
        for profile in ["idevid", "operational"]:
            document = server.plain("profile", "export", profile).out.decode()
            path = server.folder / f"{profile}-cmp.yaml"
            path.write_text(document.replace("protocols: [est", "protocols: [cmp, est"))
            server.command("profile", "apply", path)
        server.has_cmp = True
    return server


def secret_of(server, serial, profile="operational"):
    return server.command("device", "add", serial, "--profile", profile, "--mac")["secret"]


def cmp(server, folder, *options, path="/.well-known/cmp", code=0, where="http", seconds=60):
    """One openssl cmp. It trusts this installation's root alone."""
    address = getattr(server, where).split("://")[1]
    tls = ["-tls_used", "-tls_trusted", server.root, "-tls_host", "localhost"] if where == "https" else []
    return run(
        "openssl", "cmp", "-server", address, "-path", path, "-trusted", server.root, *tls, *options, cwd=folder,
        code=code, seconds=seconds)


def shared(serial, secret):
    return ["-ref", serial, "-secret", f"pass:{secret}"]


def signed(held):
    return ["-cert", held.certificate, "-key", held.key]


def requested(folder, serial, name=None, algorithm="p256"):
    key = make_key(folder / f"{name or serial}.key", algorithm)
    return key, ["-newkey", key, "-subject", device_subject(serial)]


def enrolled(server, folder, serial, profile="operational", *options, algorithm="p256"):
    """ir under the device's secret."""
    secret = secret_of(server, serial, profile)
    key, ask = requested(folder, serial, algorithm=algorithm)
    out = folder / f"{serial}.pem"
    cmp(server, folder, "-cmd", "ir", *shared(serial, secret), *ask, "-certout", out, *options)
    expect(serial in run("openssl", "x509", "-in", out, "-noout", "-subject").text, "another subject")
    return Held(serial, key, out)


def refused(server, folder, *options, says, **where):
    """What openssl shows of a refusal: the failInfo's name."""
    result = cmp(server, folder, *options, code=None, **where)
    expect(result.code != 0, "it was not refused")
    expect(all(part in result.text for part in says), f"{says} were wanted in\n{result.text[-1500:]}")
    return result


def case_ir_with_a_secret(context, folder):
    """ir under PBM with explicit confirmation, and what comes verifies under the root"""
    server = operational(context)
    secret = secret_of(server, "CMP-1")
    _, ask = requested(folder, "CMP-1")
    cmp(server, folder, "-cmd", "ir", *shared("CMP-1", secret), *ask, "-certout", folder / "1.pem",
        "-cacertsout", folder / "ca.pem", "-extracertsout", folder / "extra.pem")
    run("openssl", "verify", "-CAfile", server.root, "-untrusted", folder / "extra.pem", folder / "1.pem")
    expect("BEGIN CERTIFICATE" in (folder / "ca.pem").read_text(), "caPubs are empty")


def case_ir_confirmed_implicitly(context, folder):
    """ir with -implicit_confirm, by an address that names profile and operation"""
    server = operational(context)
    secret = secret_of(server, "CMP-2")
    _, ask = requested(folder, "CMP-2")
    cmp(server, folder, "-cmd", "ir", "-implicit_confirm", *shared("CMP-2", secret), *ask, "-certout",
        folder / "2.pem", path="/.well-known/cmp/p/operational/initialization")


def case_macs_and_digests(context, folder):
    """ir with each owf and HMAC that openssl offers and this takes"""
    server = operational(context)
    for number, (digest, mac) in enumerate(
            [("sha256", "hmac-sha1"), ("sha256", "hmacWithSHA256"), ("sha384", "hmacWithSHA384"),
             ("sha512", "hmacWithSHA512")]):
        serial = f"CMP-MAC-{number}"
        enrolled(server, folder, serial, "operational", "-digest", digest, "-mac", mac)


def case_ir_over_https(context, folder):
    """the same door on the HTTPS port"""
    server = operational(context)
    secret = secret_of(server, "CMP-3")
    _, ask = requested(folder, "CMP-3")
    cmp(server, folder, "-cmd", "ir", *shared("CMP-3", secret), *ask, "-certout", folder / "3.pem", where="https")


def case_grant(context, folder):
    """cr under a grant's secret, which counts it"""
    server = operational(context)
    grant = server.add_grant("operational", 1, "--mac")
    _, ask = requested(folder, "CMP-4")
    cmp(server, folder, "-cmd", "cr", *shared(grant["name"], grant["secret"]), *ask, "-certout", folder / "4.pem")
    expect_equal(server.command("grant", "show", grant["name"])["left"], 0, "left of the grant")


def case_cr_with_an_initial_identity(context, folder):
    """cr signed with an IDevID for an operational certificate, each key that openssl has"""
    server = operational(context)
    for algorithm in ["p256", "p384", "rsa2048"]:
        held = enrolled(server, folder, f"CMP-5-{algorithm}".upper(), "idevid", algorithm=algorithm)
        _, ask = requested(folder, held.serial, "operational", algorithm)
        cmp(server, folder, "-cmd", "cr", *signed(held), *ask, "-certout", folder / "5.pem",
            path="/.well-known/cmp/p/operational")


def case_kur(context, folder):
    """kur with a new key, confirmed explicitly, then implicitly, with P-256, P-384 and RSA"""
    server = operational(context)
    # openssl cmp 3.0 cannot sign a message with Ed25519; CMPEnrollmentTests does.
    for algorithm in ["p256", "p384", "rsa2048"]:
        held = enrolled(server, folder, f"CMP-6-{algorithm}".upper(), algorithm=algorithm)
        for number, options in enumerate([[], ["-implicit_confirm"]]):
            key = make_key(folder / f"next-{number}.key", algorithm)
            cmp(server, folder, "-cmd", "kur", *signed(held), "-newkey", key, "-certout", folder / f"next-{number}.pem",
                *options)
            held = Held(held.serial, key, folder / f"next-{number}.pem")


def case_p10cr(context, folder):
    """p10cr under a secret, and signed with a certificate that is good"""
    server = operational(context)
    secret = secret_of(server, "CMP-7")
    key = make_key(folder / "7.key")
    request = make_request(folder / "7.csr", key, device_subject("CMP-7"))
    cmp(server, folder, "-cmd", "p10cr", *shared("CMP-7", secret), "-csr", request, "-certout", folder / "7.pem")
    held = enrolled(server, folder, "CMP-8", "idevid")
    request = make_request(folder / "8.csr", make_key(folder / "8.key"), device_subject("CMP-8"))
    cmp(server, folder, "-cmd", "p10cr", *signed(held), "-csr", request, "-certout", folder / "8.pem",
        path="/.well-known/cmp/p/operational/pkcs10")


def case_rr(context, folder):
    """rr with a reason, once: the second time it is refused with certRevoked"""
    server = operational(context)
    held = enrolled(server, folder, "CMP-9")
    ask = ["-cmd", "rr", *signed(held), "-oldcert", held.certificate]
    cmp(server, folder, *ask, "-revreason", "1")
    serial = run("openssl", "x509", "-in", held.certificate, "-noout", "-serial").out.decode().strip().split("=")[1]
    shown = server.command("certificate", "show", serial.lower())
    expect("keyCompromise" in json.dumps(shown), f"the certificate is {shown}")
    refused(server, folder, *ask, says=["rejection"])


def case_rr_of_another(context, folder):
    """rr of another device's certificate is refused with badCertId, and changes nothing"""
    server = operational(context)
    held, other = enrolled(server, folder, "CMP-10"), enrolled(server, folder, "CMP-11")
    refused(server, folder, "-cmd", "rr", *signed(held), "-oldcert", other.certificate, says=["badCertId"])
    key = make_key(folder / "renewed.key")
    cmp(server, folder, "-cmd", "kur", *signed(other), "-newkey", key, "-certout", folder / "renewed.pem")


def case_genm(context, folder):
    """genm for each infotype, unprotected, under a secret and signed"""
    server = operational(context)
    held = enrolled(server, folder, "CMP-12")
    secret = secret_of(server, "CMP-13")
    for protection in [["-unprotected_requests", "-subject", "/CN=CMP-13"], shared("CMP-13", secret), signed(held)]:
        for infotype in ["caCerts", "certReqTemplate", "signKeyPairTypes"]:
            answer = cmp(server, folder, "-cmd", "genm", "-infotype", infotype, *protection,
                         path="/.well-known/cmp/p/operational")
            expect("genp" in answer.text, answer.text[-500:])


def case_rejected_certificate(context, folder):
    """a certificate that openssl does not accept is rejected in certConf, and revoked"""
    server = operational(context)
    secret = secret_of(server, "CMP-14")
    _, ask = requested(folder, "CMP-14")
    stranger = folder / "stranger.pem"
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "stranger.key", "-subj",
        "/CN=nobody", "-out", stranger)
    result = cmp(server, folder, "-cmd", "ir", *shared("CMP-14", secret), *ask, "-certout", folder / "14.pem",
                 "-out_trusted", stranger, code=None)
    expect(result.code != 0, "openssl took a certificate that it cannot verify")
    shown = server.command("device", "show", "CMP-14")
    expect("revoked" in json.dumps(shown), f"the device is {shown}")


def case_polling(context, folder):
    """ir that an operator has to approve: openssl polls, and gets its certificate"""
    server = operational(context)
    document = server.plain("profile", "export", "operational").out.decode()
    path = server.folder / "approved.yaml"
    path.write_text(document.replace("name: operational", "name: approved") + "approval: required\n")
    server.command("profile", "apply", path)
    secret = secret_of(server, "CMP-15", "approved")
    _, ask = requested(folder, "CMP-15")
    address = server.http.split("://")[1]
    with subprocess.Popen(
            [tool("openssl"), "cmp", "-server", address, "-path", "/.well-known/cmp", "-trusted", str(server.root),
             "-cmd", "ir", *map(str, shared("CMP-15", secret)), *map(str, ask), "-certout", "15.pem", "-total_timeout",
             "100"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
        waiting = []
        deadline = time.monotonic() + 30
        while not waiting:
            expect(time.monotonic() < deadline, "no request waits")
            time.sleep(0.1)
            waiting = [item for item in server.command("request", "list") if "CMP-15" in json.dumps(item)]
        server.command("request", "approve", waiting[0]["id"])
        out, _ = client.communicate(timeout=110)
        expect_equal(client.returncode, 0, f"openssl's exit\n{out.decode()[-1500:]}")
    expect((folder / "15.pem").exists(), "there is no certificate")


def case_registration_authority(context, folder):
    """a registration authority asks for another with raVerified, and a device may not say that"""
    server = operational(context)
    server.command("admin", "add", "Gateway", "--role", "registration-authority", "--profile", "operational",
                   "--out", folder / "ra")
    gateway = Held("Gateway", folder / "ra.key", folder / "ra.pem")
    server.add_device("CMP-16")
    _, ask = requested(folder, "CMP-16")
    cmp(server, folder, "-cmd", "ir", *signed(gateway), *ask, "-popo", "0", "-certout", folder / "16.pem",
        path="/.well-known/cmp/p/operational")
    cmp(server, folder, "-cmd", "rr", *signed(gateway), "-oldcert", folder / "16.pem")
    held = enrolled(server, folder, "CMP-17")
    refused(server, folder, "-cmd", "rr", *signed(gateway), "-oldcert", held.certificate, says=["badCertId"])
    secret = secret_of(server, "CMP-18")
    _, ask = requested(folder, "CMP-18")
    refused(server, folder, "-cmd", "ir", *shared("CMP-18", secret), *ask, "-popo", "0", "-certout",
            folder / "18.pem", says=["badPOP"])


def case_errors(context, folder):
    """wrong secret, unknown name, no protection, no proof, a name and a usage that the profile does not give"""
    server = operational(context)
    secret = secret_of(server, "CMP-19")
    out = ["-certout", folder / "19.pem"]
    _, ask = requested(folder, "CMP-19")
    ir = ["-cmd", "ir", *ask, *out]
    for name, text in [("CMP-19", "wrong"), ("CMP-NOBODY", secret)]:
        refused(server, folder, *ir, *shared(name, text), says=["badMessageCheck"])
    refused(server, folder, *ir, "-unprotected_requests", says=["badMessageCheck"])
    refused(server, folder, *ir, *shared("CMP-19", secret), "-popo", "-1", says=["badPOP"])
    refused(server, folder, "-cmd", "ir", "-newkey", folder / "CMP-19.key", "-subject", "/CN=ELSEWHO", *out,
            *shared("CMP-19", secret), says=["badCertTemplate"])
    refused(server, folder, *ir, *shared("CMP-19", secret), says=["rejection"],
            path="/.well-known/cmp/p/idevid")
    config = folder / "usage.cnf"
    config.write_text("[cmp]\n[usage]\nkeyUsage=keyCertSign\n")
    refused(server, folder, "-config", config, "-reqexts", "usage", *ir, *shared("CMP-19", secret),
            says=["unacceptedExtension"])
    refused(server, folder, *ir, *shared("CMP-19", secret), says=[], path="/.well-known/cmp/nothing")
    cmp(server, folder, *ir, *shared("CMP-19", secret))


def case_revoked_and_suspended(context, folder):
    """kur with a revoked certificate, and of a suspended device, is refused"""
    server = operational(context)
    held = enrolled(server, folder, "CMP-20")
    key = make_key(folder / "20b.key")
    kur = ["-cmd", "kur", *signed(held), "-newkey", key, "-certout", folder / "20b.pem"]
    server.command("device", "suspend", "CMP-20")
    refused(server, folder, *kur, says=["notAuthorized"])
    server.command("device", "resume", "CMP-20")
    cmp(server, folder, *kur)
    cmp(server, folder, "-cmd", "rr", *signed(held), "-oldcert", held.certificate)
    refused(server, folder, *kur, says=["certRevoked"])


def case_five_hundred(context, folder):
    """pkilint finds no error in 500 certificates that came through this door"""
    server = operational(context)
    grant = server.add_grant("operational", LEAST, "--mac")

    def one(number):
        serial, key = f"CMP-LINT-{number}", folder / f"{number}.key"
        key.write_bytes(ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        cmp(server, folder, "-cmd", "ir", "-implicit_confirm", *shared(grant["name"], grant["secret"]), "-newkey", key,
            "-subject", device_subject(serial), "-certout", folder / f"{number}.pem")
        return x509.load_pem_x509_certificate((folder / f"{number}.pem").read_bytes())

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        certificates = list(pool.map(one, range(LEAST)))
    for certificate in certificates:
        found = lint(lint_pkix_cert, certificate.public_bytes(serialization.Encoding.DER))
        expect(not found, f"pkilint says {found}")
    # What signs the server's own messages.
    cmp(server, folder, "-cmd", "genm", "-infotype", "caCerts", "-unprotected_requests", "-subject", "/CN=CMP",
        "-extracertsout", folder / "extra.pem")
    for certificate in x509.load_pem_x509_certificates((folder / "extra.pem").read_bytes()):
        found = lint(lint_pkix_cert, certificate.public_bytes(serialization.Encoding.DER))
        expect(not found, f"pkilint says {found} of {certificate.subject}")
    context.note(f"cmp_openssl: pkilint finds no error in {len(certificates)} certificates that came through CMP")
