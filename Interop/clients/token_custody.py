"""The authorities' keys on SoftHSM2 through PKCS#11: EST, OCSP and CRLs by curl and openssl, and pkcs11-tool on the token."""

import time

from Interop.clients.openssl_ocsp import ask, status_of
from Interop.harness import (
    Installation, address_in, authorities, base64_body, certificates_in, crl_files, curl, device_subject, enroll, expect,
    expect_equal, extension, issuer_of, make_key, make_request, path_of, run, tool)
from Interop.soft_token import PIN, SoftToken

PKCS10 = ("-H", "Content-Type: application/pkcs10")


def installation(context, algorithm="P-256"):
    """An installation whose issuing authorities live on one token and whose root lives on another."""
    name = f"token-{algorithm}"
    if name not in context.installations:
        token = SoftToken("Issuing", "Root")
        made = Installation(
            "--public-http", "http://pki.interop.example", "--algorithm", algorithm, "--keys", token.uri("Issuing"),
            "--root-keys", token.uri("Root"), environment=token.environment)
        made.token = token
        context.installations[name] = made
        made.start()
    return context.installations[name]


def objects(token, label):
    return run(
        tool("pkcs11-tool"), "--module", token.library, "--token-label", label, "--login", "--pin", PIN,
        "--list-objects", "--type", "privkey", env=token.environment).out.decode()


def case_keys_never_left(context, folder):
    """pkcs11-tool sees each authority's key as sensitive, always sensitive, never extractable and local"""
    server = installation(context)
    for label, wanted in (("Issuing", 3), ("Root", 1)):
        seen = objects(server.token, label)
        keys = [block for block in seen.split("Private Key Object")[1:]]
        expect_equal(len(keys), wanted, f"private keys on {label}")
        for key in keys:
            access = [line.split(":", 1)[1].strip() for line in key.splitlines() if line.strip().startswith("Access:")]
            expect_equal(access, ["sensitive, always sensitive, never extractable, local"], "access")
    expect(not list((server.data / "keys").glob("operational*")), "an issuing key lies in a sealed file")
    homes = [each["key_home"] for each in server.command("authority", "list") if each["purpose"] != "successor"]
    expect(homes and all(home.startswith("pkcs11:token=") for home in homes), f"{homes}")


def case_enroll_and_renew(context, folder):
    """EST enrollment and renewal, verified to the root that another token holds, for each kind of key"""
    for algorithm in ("P-256", "P-384", "RSA-3072"):
        server = installation(context, algorithm)
        device = enroll(server, "TOKEN-1", folder=folder)
        run("openssl", "verify", "-CAfile", server.root, "-untrusted", device.chain, device.certificate)
        key = make_key(folder / f"next-{algorithm}.key")
        request = make_request(folder / f"next-{algorithm}.csr", key, device_subject("TOKEN-1"))
        answer = curl(
            server, "/.well-known/est/simplereenroll", *PKCS10, "--data-binary", base64_body(request).decode(),
            "--cert", device.certificate, "--key", device.key)
        renewed = folder / f"next-{algorithm}.pem"
        renewed.write_text(certificates_in(answer)[0])
        run("openssl", "verify", "-CAfile", server.root, "-untrusted", device.chain, renewed)


def case_status(context, folder):
    """OCSP says good, then revoked; the CRL that the token signed lists it, and openssl checks the whole path"""
    server = installation(context)
    device = enroll(server, "TOKEN-2", folder=folder)
    issuer = issuer_of(server, device.certificate, folder)
    text = ask(server, folder, issuer, "-cert", device.certificate)
    expect_equal(status_of(text, device.certificate), "good", "status")
    lists = crl_files(server, device.certificate, folder)
    joined = folder / "lists.pem"
    joined.write_text("".join(path.read_text() for path in lists))
    run("openssl", "verify", "-crl_check_all", "-CRLfile", joined, "-CAfile", server.root, "-untrusted", device.chain,
        device.certificate)
    server.command("certificate", "revoke", device.hex, "--reason", "keyCompromise")
    time.sleep(1)
    text = ask(server, folder, issuer, "-cert", device.certificate)
    expect_equal(status_of(text, device.certificate), "revoked", "status after the revocation")
    address = path_of(address_in(extension(device.certificate, "crlDistributionPoints")))
    deadline = time.monotonic() + 30
    while True:
        (folder / "new.crl").write_bytes(curl(server, address, where="http"))
        listed = run("openssl", "crl", "-inform", "DER", "-in", folder / "new.crl", "-noout", "-text").out.decode()
        if device.hex in listed.replace(":", "").upper():
            break
        expect(time.monotonic() < deadline, f"the CRL does not list {device.hex}\n{listed}")
        time.sleep(0.2)
    authority = run("openssl", "crl", "-inform", "DER", "-in", folder / "new.crl", "-CAfile", issuer, "-noout")
    expect("verify OK" in authority.text, authority.text)


def case_token_away_and_back(context, folder):
    """While the token's files are away a device gets a 503 with Retry-After; afterwards the same process signs again"""
    server = installation(context)
    process = server.process.pid
    secret = server.add_device("TOKEN-3")["secret"]
    key = make_key(folder / "away.key")
    body = base64_body(make_request(folder / "away.csr", key, device_subject("TOKEN-3"))).decode()
    asking = ("-u", f"TOKEN-3:{secret}", *PKCS10, "--data-binary", body)
    server.token.carry(away=True)
    curl(server, "/.well-known/est/simpleenroll", *asking, code=503)
    head = (server.folder / "curl.head").read_text().lower()
    expect("retry-after:" in head, head)
    expect(b"token" in curl(server, "/readyz", code=503).lower(), "readyz does not name the token")
    server.token.carry(away=False)
    deadline = time.monotonic() + 60
    while run("curl", "-sS", "--cacert", server.root, "-o", "/dev/null", "-w", "%{http_code}",
              server.https + "/readyz").out != b"200":
        expect(time.monotonic() < deadline, f"the token was not found again\n{server.log()}")
        time.sleep(0.2)
    certificate = folder / "back.pem"
    certificate.write_text(certificates_in(curl(server, "/.well-known/est/simpleenroll", *asking))[0])
    chain = folder / "chain.pem"
    chain.write_text("".join(authorities(server)))
    run("openssl", "verify", "-CAfile", server.root, "-untrusted", chain, certificate)
    expect(server.process.poll() is None and server.process.pid == process, "the server was started again")
