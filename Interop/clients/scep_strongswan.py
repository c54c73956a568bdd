"""strongSwan's SCEP client: pki --scepca and pki --scep, with its own PKCS#7 and its own idea of the capabilities."""

import re
import subprocess
import time
import urllib.request

from Interop.harness import expect, expect_equal, run, tool

PROFILE = """\
name: {name}
description: what a client of SCEP shows from day to day
authority: operational
subject:
  - serialNumber: "{{serial}}"
  - commonName: "{{serial}}"
keys: [P-256, P-384, RSA-2048, RSA-3072]
validity: 7d
backdate: 1h
renewal: {{window: 3d, grace: 90d, early: true}}
key-usage: [{usage}]
extended-key-usage: [clientAuth]
ask: [secret, grant, key, certificate, administrator]
enroll-from: [idevid]
protocols: [{protocols}]
{more}"""


def profile(
        server, folder, name="scep", protocols="est, scep", more="", usage="digitalSignature, keyEncipherment"):
    """Applies a profile, and returns the address of its SCEP on the plain port."""
    path = folder / f"{name}.yaml"
    path.write_text(PROFILE.format(name=name, protocols=protocols, more=more, usage=usage))
    server.plain("profile", "apply", path)
    return f"{server.http}/scep/{name}"


def authorities(url, folder):
    """pki --scepca: the registration authority's certificate and the chain, each in a file of its own."""
    run("pki", "--scepca", "--url", url, "--caout", folder / "ca.pem", "--raout", folder / "ra.pem", "--outform", "pem",
        "--force", cwd=folder)
    found = {path.name: path for path in sorted(folder.glob("*.pem")) if re.match(r"(ca|ra)", path.name)}
    expect(any(name.startswith("ra") for name in found), f"pki --scepca wrote {sorted(found)}")
    return ([path for name, path in found.items() if name.startswith("ra")][0],
            [path for name, path in found.items() if name.startswith("ca")])


def rsa_key(folder, name):
    path = folder / f"{name}.key"
    path.write_bytes(run("pki", "--gen", "--type", "rsa", "--size", "2048", "--outform", "pem").out)
    return path


def enroll(url, folder, key, serial, *options, code=0):
    authority, chain = authorities(url, folder)
    trust = [part for path in chain for part in ("--cacert", path)]
    return run(
        "pki", "--scep", "--url", url, "--in", key, "--dn", f"serialNumber={serial}, CN={serial}", "--cacert-enc",
        authority, "--cacert-sig", authority, *trust, "--outform", "pem", *options, cwd=folder, code=code)


def subject(folder, pem, name):
    path = folder / f"{name}.crt"
    path.write_bytes(pem)
    return path, run("openssl", "x509", "-in", path, "-noout", "-subject", "-nameopt", "RFC2253").out.decode()


def case_scepca(context, folder):
    """pki --scepca fetches the registration authority and the chain, and openssl verifies one by the other"""
    server = context.production
    authority, chain = authorities(profile(server, folder), folder)
    bundle = folder / "chain"
    bundle.write_bytes(b"".join(path.read_bytes() for path in chain))
    run("openssl", "verify", "-purpose", "any", "-CAfile", server.root, "-untrusted", bundle, authority)


def case_scep_with_a_challenge(context, folder):
    """pki --scep enrolls with a device's one-time secret, with each digest, over both addresses and the HTTPS port"""
    server = context.production
    url = profile(server, folder)
    for number, (address, digest) in enumerate(
            [(url, "sha256"), (url + "/pkiclient.exe", "sha384"), (url, "sha512")]):
        serial = f"SCEP-SWAN-{number}"
        secret = server.add_device(serial, "scep")["secret"]
        answer = enroll(address, folder, rsa_key(folder, serial), serial, "--password", secret, "--digest", digest)
        _, name = subject(folder, answer.out, serial)
        expect(serial in name, name)


def case_scep_with_a_grant(context, folder):
    """pki --scep enrolls with a grant's counted secret, and a wrong one is refused"""
    server = context.production
    url = profile(server, folder)
    grant = server.add_grant("scep", 1)
    key = rsa_key(folder, "counted")
    enroll(url, folder, key, "SCEP-SWAN-G", "--password", "x" * 43, code=None)
    expect(b"BEGIN" not in enroll(url, folder, key, "SCEP-SWAN-G", "--password", "x" * 43, code=None).out, "enrolled")
    answer = enroll(url, folder, key, "SCEP-SWAN-G", "--password", grant["secret"])
    expect("SCEP-SWAN-G" in subject(folder, answer.out, "counted")[1], "another subject")
    expect_equal(server.command("grant", "show", grant["name"])["left"], 0, "left of the grant")
    again = enroll(url, folder, key, "SCEP-SWAN-G", "--password", grant["secret"])
    expect_equal(again.out, answer.out, "the same secret with the same key")


def case_scep_renewal(context, folder):
    """pki --scep renews with the certificate that it enrolled, under a new key"""
    server = context.production
    url = profile(server, folder)
    secret = server.add_device("SCEP-SWAN-R", "scep")["secret"]
    key = rsa_key(folder, "first")
    first, _ = subject(folder, enroll(url, folder, key, "SCEP-SWAN-R", "--password", secret).out, "first")
    renewed = enroll(
        url, folder, rsa_key(folder, "second"), "SCEP-SWAN-R", "--cert", first, "--key", key)
    _, name = subject(folder, renewed.out, "second")
    expect("SCEP-SWAN-R" in name, name)
    expect(renewed.out != first.read_bytes(), "the same certificate came back")


def polling(url, folder, serial, secret):
    """pki --scep under way: it asks every second until it has an answer."""
    authority, chain = authorities(url, folder)
    trust = [str(part) for path in chain for part in ("--cacert", path)]
    return subprocess.Popen(
        [tool("pki"), "--scep", "--url", url, "--in", str(rsa_key(folder, serial)), "--dn",
         f"serialNumber={serial}, CN={serial}", "--cacert-enc", str(authority), "--cacert-sig", str(authority), *trust,
         "--outform", "pem", "--password", secret, "--interval", "1", "--maxpolltime", "90"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def waiting_request(server, serial):
    deadline = time.monotonic() + 60
    while True:
        found = [item for item in server.command("request", "list") if serial in str(item)]
        if found:
            return found[0]
        expect(time.monotonic() < deadline, "no request waits")
        time.sleep(0.1)


def case_scep_waits_for_an_operator(context, folder):
    """pki --scep polls while its request waits; an operator approves one and denies another"""
    server = context.production
    url = profile(server, folder, "scep-approved", more="approval: required\n")
    for serial, verb in [("SCEP-SWAN-P", "approve"), ("SCEP-SWAN-D", "deny")]:
        secret = server.add_device(serial, "scep-approved")["secret"]
        with polling(url, folder, serial, secret) as client:
            request = waiting_request(server, serial)
            # It polls for what waits, and gets nothing yet.
            time.sleep(1.5)
            expect_equal(client.poll(), None, "exit code of pki --scep, which should wait")
            server.command("request", verb, request["id"])
            out, errors = client.communicate(timeout=100)
        issued = server.command("certificate", "list", "--where", f"serial={serial}")
        if verb == "approve":
            expect_equal(client.returncode, 0, f"exit code of pki --scep, with {errors.decode()[-500:]}")
            expect(serial in subject(folder, out, serial)[1], "another subject")
            expect_equal(len(issued), 1, "certificates")
        else:
            expect(client.returncode != 0 and b"BEGIN" not in out, "it was given what was denied")
            expect_equal(issued, [], "certificates")


def case_capabilities(context, folder):
    """The words of GetCACaps are those of the standard, and no weak one is among them"""
    server = context.production
    url = profile(server, folder)
    words = urllib.request.urlopen(f"{url}?operation=GetCACaps", timeout=20).read().decode().split()
    expect({"AES", "POSTPKIOperation", "Renewal", "SHA-256", "SHA-512", "SCEPStandard"} <= set(words), words)
    expect(not {"DES3", "SHA-1", "MD5"} & set(words), words)


def case_pkilint(context, folder):
    """The registration authority's certificate, and one issued over SCEP, are clean under pkilint"""
    from Interop.clients.pkilint_objects import lint, lint_pkix_cert  # slow to import, and only needed here

    server = context.production
    url = profile(server, folder)
    secret = server.add_device("SCEP-SWAN-L", "scep")["secret"]
    issued, _ = subject(
        folder, enroll(url, folder, rsa_key(folder, "lint"), "SCEP-SWAN-L", "--password", secret).out, "lint")
    for path in (authorities(url, folder)[0], issued):
        der = run("openssl", "x509", "-in", path, "-outform", "DER").out
        expect_equal(lint(lint_pkix_cert, der), [], path.name)
