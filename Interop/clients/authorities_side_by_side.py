"""Several authorities side by side, one on a token and one under somebody else's root, seen by openssl, curl and pkilint."""

import time

from pkilint.bin import lint_crl, lint_pkix_cert

from Interop.clients.cmp_openssl import cmp, requested, shared
from Interop.clients.pkilint_objects import first_certificate, lint
from Interop.harness import (
    Identity, Installation, address_in, base64_body, binary, certificates_in, curl, device_subject, expect, expect_equal,
    extension, is_self_signed, make_key, make_request, names_of, path_of, run)
from Interop.soft_token import SoftToken

PKCS10 = ("-H", "Content-Type: application/pkcs10")
CNF = """[req]
distinguished_name=n
[n]
[upper]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[authority]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[tight]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""


class Foreign:
    """A root and an authority under it, openssl's."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "ca.cnf").write_text(CNF)
        make_key(folder / "root.key", "p384")
        run("openssl", "req", "-x509", "-new", "-key", folder / "root.key", "-subj", "/O=Customer/CN=Customer Root",
            "-days", "4000", "-config", folder / "ca.cnf", "-extensions", "upper", "-out", folder / "root.pem")
        make_key(folder / "middle.key", "rsa2048")
        make_request(folder / "middle.csr", folder / "middle.key", "/O=Customer/CN=Customer Middle", "-config",
                     folder / "ca.cnf")
        self.certify(folder / "middle.csr", "root", folder / "middle.pem", "upper", 3000)
        self.root = folder / "root.pem"

    def certify(self, request, issuer, out, section="authority", days=2000):
        run("openssl", "x509", "-req", "-in", request, "-CA", self.folder / f"{issuer}.pem", "-CAkey",
            self.folder / f"{issuer}.key", "-CAcreateserial", "-days", days, "-extfile", self.folder / "ca.cnf",
            "-extensions", section, "-out", out)
        return out


def profile(server, name, authority, like="operational"):
    """A profile like one that init made, of another authority."""
    text = server.plain("profile", "export", like).out.decode()
    lines = [f"name: {name}" if line.startswith("name:") else f"authority: {authority}" if line.startswith("authority:")
             else line for line in text.splitlines()]
    path = server.folder / f"{name}.yaml"
    path.write_text("\n".join(lines) + "\n")
    server.plain("profile", "apply", path)


def installation(context):
    """An idevid authority, the operational one, one of a customer on a token and one under the customer's own root."""
    if "side-by-side" not in context.installations:
        token = SoftToken("Customer")
        made = Installation("--public-http", "http://pki.interop.example", environment=token.environment)
        context.installations["side-by-side"] = made
        yaml = made.data / "touchmark.yaml"
        yaml.write_text(yaml.read_text() + f"tokens:\n- '{token.uri('Customer')}'\n")
        made.start()
        made.token = token
        made.command("authority", "add", "acme-corp", "--keys", "pkcs11:token=Customer", "--algorithm", "P-384")
        profile(made, "acme", "acme-corp")
        folder = made.folder / "foreign"
        folder.mkdir()
        made.foreign = Foreign(folder)
        # The request is carried out and what they issued is carried back.
        made.plain("authority", "add", "beta-corp", "--external", "--request", folder / "beta.csr")
        made.foreign.certify(folder / "beta.csr", "middle", folder / "beta.pem")
        made.beta_chain = folder / "chain.pem"
        made.beta_chain.write_text((folder / "middle.pem").read_text() + (folder / "root.pem").read_text())
        made.plain("authority", "install", "beta-corp", "--cert", folder / "beta.pem", "--chain", made.beta_chain)
        profile(made, "beta", "beta-corp")
    return context.installations["side-by-side"]


def cacerts(server, name):
    return certificates_in(curl(server, f"/.well-known/est/{name}/cacerts"))


def enroll(server, serial, name, folder):
    secret = server.add_device(serial, name)["secret"]
    key = make_key(folder / f"{serial}.key")
    request = make_request(folder / f"{serial}.csr", key, device_subject(serial))
    answer = curl(server, f"/.well-known/est/{name}/simpleenroll", "-u", f"{serial}:{secret}", *PKCS10, "--data-binary",
                  base64_body(request).decode())
    certificate, chain = folder / f"{serial}.pem", folder / f"{serial}.chain.pem"
    certificate.write_text(certificates_in(answer)[0])
    chain.write_text("".join(cacerts(server, name)))
    return Identity(serial, key, certificate, chain, request)


def issuer_file(server, name, device, folder):
    """The authority's certificate, from cacerts of the profile."""
    for number, pem in enumerate(cacerts(server, name)):
        path = folder / f"{name}-{number}.pem"
        path.write_text(pem)
        if names_of(path)[0] == names_of(device.certificate)[1]:
            return path
    raise AssertionError(f"cacerts of {name} has no issuer")


PROFILES = ("idevid", "operational", "acme", "beta")


def case_each_under_its_own(context, folder):
    """Four authorities issue side by side: each chain verifies by openssl to its root, and to no other"""
    server, issuers = installation(context), {}
    for name in PROFILES:
        device = enroll(server, f"SIDE-{name.upper()}", name, folder)
        root, other = (server.foreign.root, server.root) if name == "beta" else (server.root, server.foreign.root)
        between = folder / f"{name}-between.pem"
        pems = []
        for number, pem in enumerate(cacerts(server, name)):
            path = folder / f"{name}-all-{number}.pem"
            path.write_text(pem)
            if not is_self_signed(path):
                pems.append(pem)
        between.write_text("".join(pems))
        run("openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", between, device.certificate)
        refused = run("openssl", "verify", "-CAfile", other, "-untrusted", between, device.certificate, code=None)
        expect(refused.code != 0, f"{name} verifies under a root that is not its own")
        for each in (device.certificate, issuer_file(server, name, device, folder)):
            expect_equal(lint(lint_pkix_cert, first_certificate(each)), [], f"pkilint on {each}")
        issuers[name] = names_of(device.certificate)[1]
    expect_equal(len(set(issuers.values())), 4, "different issuers")
    homes = {each["name"]: each["key_home"] for each in server.command("authority", "list") if "key_home" in each}
    expect(homes["acme-corp"].startswith("pkcs11:token=Customer;"), homes)
    expect_equal([homes[name] for name in ("idevid", "operational", "beta-corp")], ["sealed"] * 3, "homes")


def case_trust_goes_to_whom_it_concerns(context, folder):
    """cacerts of a profile has the customer's root; nobody else is given it, and the server is still verified"""
    server = installation(context)
    def subjects(path):
        found = []
        for number, pem in enumerate(certificates_in(curl(server, path))):
            one = folder / f"subject-{number}.pem"
            one.write_text(pem)
            found.append(names_of(one)[0])
        return found
    beta = subjects("/.well-known/est/beta/cacerts")
    expect(any("Customer Root" in each for each in beta), f"{beta}")
    expect("Root R1" in beta[-1], f"the server's own root is not the last: {beta}")
    for path in ("/.well-known/est/cacerts", "/.well-known/est/acme/cacerts", "/.well-known/est/operational/cacerts"):
        expect(not any("Customer" in each or "beta-corp" in each for each in subjects(path)), path)


def case_a_revocation_is_its_authoritys_own(context, folder):
    """What is revoked stands in its authority's CRL and OCSP, and in no other's"""
    server = installation(context)
    devices = {name: enroll(server, f"GONE-{name.upper()}", name, folder) for name in PROFILES}
    for name in ("acme", "beta"):
        server.command("certificate", "revoke", devices[name].hex, "--reason", "keyCompromise")
    time.sleep(1)
    for name in PROFILES:
        issuer = issuer_file(server, name, devices[name], folder)
        trust = server.foreign.root if name == "beta" else server.root
        trusted = folder / f"{name}-trust.pem"
        trusted.write_text(trust.read_text() + "".join(cacerts(server, name)))
        text = run("openssl", "ocsp", "-issuer", issuer, "-cert", devices[name].certificate, "-url", server.http + "/ocsp",
                   "-CAfile", trusted, "-no_nonce").text
        expect("Response verify OK" in text, text)
        wanted = "revoked" if name in ("acme", "beta") else "good"
        expect(f"{devices[name].certificate}: {wanted}" in text, f"{name}: {text}")
        server.command("authority", "crl", {"acme": "acme-corp", "beta": "beta-corp"}.get(name, name))
        address = path_of(address_in(extension(devices[name].certificate, "crlDistributionPoints")))
        (folder / f"{name}.crl").write_bytes(curl(server, address, where="http"))
        expect_equal(lint(lint_crl, (folder / f"{name}.crl").read_bytes(), "-t", "CRL", "-p", "PKIX"), [], "pkilint")
        listed = run("openssl", "crl", "-inform", "DER", "-in", folder / f"{name}.crl", "-noout", "-text", "-CAfile",
                     issuer).text
        expect("verify OK" in listed, listed)
        numbers = listed.replace(":", "").upper()
        for each in ("acme", "beta"):
            expect_equal(devices[each].hex in numbers, each == name, f"{each}'s revocation in the list of {name}")


def case_scep_and_cmp_follow_the_profile(context, folder):
    """SCEP's registration authority and CMP's signer for a profile are certified by that profile's authority"""
    server = installation(context)
    text = (server.folder / "acme.yaml").read_text()
    (server.folder / "acme.yaml").write_text(text.replace("protocols: [est", "protocols: [scep, cmp, est"))
    server.plain("profile", "apply", server.folder / "acme.yaml")
    answer = curl(server, "/scep/acme?operation=GetCACert", where="http")
    found = run("openssl", "pkcs7", "-inform", "DER", "-print_certs", "-noout", stdin=answer).out.decode()
    expect("acme-corp" in found and "Operational CA" not in found, found)
    first = found.split("issuer=")[1].splitlines()[0]
    expect("acme-corp CA" in first, f"the registration authority's issuer is {first}")
    secret = server.command("device", "add", "CMP-1", "--profile", "acme", "--mac")["secret"]
    made = cmp(server, folder, "-cmd", "ir", *shared("CMP-1", secret), *requested(folder, "CMP-1")[1], "-certout", "cmp.pem",
               path="/.well-known/cmp/p/acme")
    expect(made.code == 0, made.text)
    expect("acme-corp CA" in names_of(folder / "cmp.pem")[1], str(names_of(folder / "cmp.pem")))
    # Asked under a signature, the server signs by a certificate of the same authority.
    cmp(server, folder, "-cmd", "kur", "-cert", "cmp.pem", "-key", "CMP-1.key", *requested(folder, "CMP-1", "next")[1],
        "-certout", "next.pem", "-extracertsout", "extra.pem", path="/.well-known/cmp/p/acme")
    # The signer's certificate comes first (RFC 9810 §5.1).
    signer = names_of(folder / "extra.pem")
    expect("CMP server" in signer[0] and "acme-corp CA" in signer[1], f"{signer}")


def case_renewed_by_the_same_road(context, folder):
    """The customer's authority gets a new key by a second request, and a device renews under it"""
    server = installation(context)
    device = enroll(server, "SAME-ROAD", "beta", folder)
    server.plain("authority", "renew", "beta-corp", "--request", folder / "again.csr")
    server.foreign.certify(folder / "again.csr", "middle", folder / "again.pem")
    server.plain("authority", "install", "beta-corp", "--cert", folder / "again.pem", "--chain", server.beta_chain)
    key = make_key(folder / "next.key")
    body = base64_body(make_request(folder / "next.csr", key, device_subject("SAME-ROAD"))).decode()
    answer = curl(server, "/.well-known/est/beta/simplereenroll", *PKCS10, "--data-binary", body, "--cert",
                  device.certificate, "--key", device.key)
    (folder / "next.pem").write_text(certificates_in(answer)[0])
    middle = server.foreign.folder / "middle.pem"
    for leaf, authority in ((folder / "next.pem", folder / "again.pem"),
                            (device.certificate, server.foreign.folder / "beta.pem")):
        between = folder / "between.pem"
        between.write_text(authority.read_text() + middle.read_text())
        run("openssl", "verify", "-x509_strict", "-CAfile", server.foreign.root, "-untrusted", between, leaf)
    states = sorted(each["state"] for each in server.command("authority", "list") if each["name"] == "beta-corp")
    expect_equal(states, ["active", "retired"], "beta-corp's authorities")


def case_the_agent_pins_both_roots(context, folder):
    """touchmark-agent enrolls by the label, pinning the server's root and the customer's, and its chain ends in theirs"""
    server = installation(context)
    def secret(serial):
        path = folder / serial
        path.write_text(server.add_device(serial, "beta")["secret"])
        path.chmod(0o600)
        return path
    pins = ",".join(run("openssl", "x509", "-in", root, "-noout", "-fingerprint", "-sha256").out.decode().strip()
                    .split("=")[1].replace(":", "").lower() for root in (server.root, server.foreign.root))
    host = server.https.removeprefix("https://")
    agent = binary().parent / "touchmark-agent"
    def address(serial):
        return f"https://{serial}@{host}/.well-known/est/beta#sha256:"
    # The server's root alone: what is issued chains to nothing that is held.
    refused = run(agent, "enroll", address("AGENT-1") + pins.split(",")[0], "--secret-file", secret("AGENT-1"), "--data",
                  folder / "one", code=None)
    expect(refused.code != 0 and not (folder / "one/current").exists(), "enrolled without the customer's root")
    run(agent, "enroll", address("AGENT-2") + pins, "--secret-file", secret("AGENT-2"), "--data", folder / "agent")
    run(agent, "renew", "--now", "--data", folder / "agent")
    full = folder / "agent/current/fullchain.pem"
    run("openssl", "verify", "-CAfile", server.foreign.root, "-untrusted", full, full)


def case_what_does_not_hold_is_refused(context, folder):
    """A path that is too tight, another key and a chain without its root are refused with a cure; nothing changes"""
    server = installation(context)
    foreign = server.foreign
    make_key(foreign.folder / "tight.key")
    make_request(folder / "tight.csr", foreign.folder / "tight.key", "/O=Customer/CN=Customer Tight")
    foreign.certify(folder / "tight.csr", "root", foreign.folder / "tight.pem", "tight", 2500)
    server.plain("authority", "add", "gamma", "--external", "--request", folder / "gamma.csr")
    chain = folder / "chain.pem"
    for issuer, parts, says in (
            ("tight", ("tight", "root"), "allows 0 authorities under it"), ("middle", ("middle",), "holds 0 certificates"),
            ("middle", ("root",), "does not chain to the root")):
        given = foreign.certify(folder / "gamma.csr", issuer, folder / "gamma.pem", days=1000)
        chain.write_text("".join((foreign.folder / f"{part}.pem").read_text() for part in parts))
        refused = server.plain("authority", "install", "gamma", "--cert", given, "--chain", chain, code=None)
        expect(refused.code != 0 and says in refused.text and "hint:" in refused.text, refused.text)
    given = foreign.certify(folder / "tight.csr", "root", folder / "gamma.pem", days=1000)
    refused = server.plain("authority", "install", "gamma", "--cert", given, "--chain", chain, code=None)
    expect(refused.code != 0 and "another key" in refused.text, refused.text)
    expect(not [each for each in server.command("authority", "list") if each["name"] == "gamma"], "gamma is there")
