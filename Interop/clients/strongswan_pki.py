"""strongSwan's own EST client: pki --estca and pki --est, its TLS stack, its parsers."""

import base64

from Interop.harness import device_subject, expect, expect_equal, make_key, make_request, run


def fetch_authorities(server, folder):
    """pki --estca writes the root, then each authority under it, numbered after the name that it is given."""
    run("pki", "--estca", "--url", server.https.replace("127.0.0.1", "localhost"), "--cacert", server.root,
        "--caout", folder / "ca.crt", "--outform", "pem", "--force", cwd=folder)
    found = sorted(folder.glob("ca*.crt"))
    expect(len(found) >= 2, f"pki --estca wrote {[path.name for path in found]}")
    return found


def options(server, folder):
    trust = [part for path in fetch_authorities(server, folder) for part in ("--cacert", path)]
    return ["--url", server.https.replace("127.0.0.1", "localhost"), "--cacert", server.root, *trust,
            "--outform", "pem"]


def request(folder, serial, kind="ecdsa", size="256", name=None):
    """A key and a request made by pki itself."""
    key = folder / f"{name or serial}.key"
    key.write_bytes(run("pki", "--gen", "--type", kind, "--size", size, "--outform", "pem").out)
    path = folder / f"{name or serial}.req"
    path.write_bytes(run(
        "pki", "--req", "--in", key, "--type", "priv", "--dn", f"serialNumber={serial}, CN={serial}").out)
    return key, path


def check(server, folder, pem, serial):
    path = folder / f"{serial}.pem"
    path.write_bytes(pem)
    subject = run("openssl", "x509", "-in", path, "-noout", "-subject", "-nameopt", "RFC2253").out.decode()
    expect(serial in subject, subject)
    return path


def case_estca(context, folder):
    """pki --estca fetches the authorities, and openssl reads what it wrote"""
    server = context.production
    for path in fetch_authorities(server, folder):
        run("openssl", "verify", "-CAfile", server.root, path)


def case_est_with_a_secret(context, folder):
    """pki --est enrolls with a device's one-time secret"""
    server = context.production
    trust = options(server, folder)
    secret = server.add_device("SWAN-1")["secret"]
    _, path = request(folder, "SWAN-1")
    answer = run("pki", "--est", *trust, "--in", path, "--userpass", f"SWAN-1:{secret}", cwd=folder)
    check(server, folder, answer.out, "SWAN-1")


def case_est_with_a_grant(context, folder):
    """pki --est enrolls with a grant, and the grant counts it"""
    server = context.production
    trust = options(server, folder)
    grant = server.add_grant("operational", 1)
    _, path = request(folder, "SWAN-2", size="384")
    answer = run(
        "pki", "--est", *trust, "--in", path, "--userpass", f"{grant['name']}:{grant['secret']}", cwd=folder)
    check(server, folder, answer.out, "SWAN-2")
    expect_equal(server.command("grant", "show", grant["name"])["left"], 0, "left of the grant")


def case_renewal(context, folder):
    """pki --est renews with the certificate that it enrolled, under a new key"""
    server = context.production
    trust = options(server, folder)
    secret = server.add_device("SWAN-3")["secret"]
    key, path = request(folder, "SWAN-3")
    first = check(server, folder, run(
        "pki", "--est", *trust, "--in", path, "--userpass", f"SWAN-3:{secret}", cwd=folder).out, "SWAN-3")
    _, again = request(folder, "SWAN-3", name="next")
    renewed = run("pki", "--est", *trust, "--in", again, "--cert", first, "--key", key, cwd=folder).out
    expect(renewed != first.read_bytes(), "the same certificate came back")
    check(server, folder, renewed, "SWAN-3")


def case_wrong_secret(context, folder):
    """pki --est with a wrong secret fails, and says 401"""
    server = context.production
    trust = options(server, folder)
    server.add_device("SWAN-4")
    _, path = request(folder, "SWAN-4")
    wrong = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    refused = run("pki", "--est", *trust, "--in", path, "--userpass", f"SWAN-4:{wrong}", cwd=folder, code=None)
    expect(refused.code != 0 and "401" in refused.text, refused.text[-500:])


def case_openssl_request(context, folder):
    """pki --est carries a request that openssl made"""
    server = context.production
    trust = options(server, folder)
    secret = server.add_device("SWAN-5")["secret"]
    made = make_request(folder / "made.csr", make_key(folder / "made.key"), device_subject("SWAN-5"))
    der = folder / "made.der"
    run("openssl", "req", "-in", made, "-outform", "DER", "-out", der)
    answer = run("pki", "--est", *trust, "--in", der, "--userpass", f"SWAN-5:{secret}", cwd=folder)
    check(server, folder, answer.out, "SWAN-5")
