"""Authorities that openssl ca and easy-rsa made go on here: what they issued renews, what they revoked stays revoked."""

import os
import re
import shlex
import shutil
from pathlib import Path

from Interop.harness import (
    Failure, Installation, base64_body, binary, certificates_in, curl, expect, expect_equal, make_key, make_request, run)

EASYRSA = Path("/usr/share/easy-rsa")
EASYRSA_PASSPHRASE = "old-works"
PUBLIC = ("--public-http", "http://pki.interop.example")


def serial_of(certificate):
    return run("openssl", "x509", "-in", certificate, "-noout", "-serial").out.decode().strip().split("=")[1]


def easyrsa(folder):
    """A certificate authority as easy-rsa keeps it: a root that issues, its key under a passphrase, five devices, one of
    them revoked."""
    if not (EASYRSA / "easyrsa").exists():
        raise Failure("easy-rsa is not installed: make setup")
    work = folder / "easy-rsa"
    shutil.copytree(EASYRSA, work)

    def do(*words):
        # A file would be read on from where the last passphrase ended.
        run(work / "easyrsa", "--batch", f"--passin=pass:{EASYRSA_PASSPHRASE}", *words, cwd=work)

    do("init-pki")
    do(f"--passout=pass:{EASYRSA_PASSPHRASE}", "--req-cn=Old Works CA", "build-ca")
    for number in range(1, 6):
        do("build-client-full", f"ER-{number}", "nopass")
    do("revoke", "ER-5", "keyCompromise")
    do("gen-crl")
    return work / "pki"


OPENSSL_CA = """
[ca]
default_ca = works
[works]
database = {folder}/index.txt
new_certs_dir = {folder}/newcerts
serial = {folder}/serial
crlnumber = {folder}/crlnumber
certificate = {folder}/issuer.pem
private_key = {folder}/issuer.key
default_md = sha256
default_days = 30
default_crl_days = 7
policy = any
crl_extensions = crl
unique_subject = no
[any]
organizationName = optional
commonName = supplied
serialNumber = optional
[crl]
authorityKeyIdentifier = keyid
[device]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[issuer]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""


def openssl_ca(folder):
    """An issuer under a root whose key is then gone, as openssl ca keeps it; a first CRL with a number of its own."""
    ca = folder / "demoCA"
    (ca / "newcerts").mkdir(parents=True)
    (ca / "index.txt").write_text("")
    (ca / "serial").write_text("0A10\n")
    (ca / "crlnumber").write_text("0042\n")
    config = ca / "openssl.cnf"
    config.write_text(OPENSSL_CA.format(folder=ca))
    root_key, issuer_key = make_key(ca / "root.key", "rsa3072"), make_key(ca / "issuer.key", "p256")
    run("openssl", "req", "-x509", "-new", "-key", root_key, "-subj", "/O=Old Works/CN=Old Root", "-days", "3650",
        "-config", config, "-extensions", "root", "-out", ca / "root.pem", env={"OPENSSL_CONF": str(config)})
    make_request(ca / "issuer.csr", issuer_key, "/O=Old Works/CN=Old Issuer")
    run("openssl", "x509", "-req", "-in", ca / "issuer.csr", "-CA", ca / "root.pem", "-CAkey", root_key, "-days", "1000",
        "-extfile", config, "-extensions", "issuer", "-set_serial", "7", "-out", ca / "issuer.pem")
    root_key.unlink()
    for number in range(1, 5):
        key = make_key(folder / f"OS-{number}.key")
        request = make_request(folder / f"OS-{number}.csr", key, f"/O=Old Works/CN=OS-{number}/serialNumber=OS-{number}")
        run("openssl", "ca", "-batch", "-config", config, "-extensions", "device", "-in", request, "-out",
            folder / f"OS-{number}.pem", "-notext")
    run("openssl", "ca", "-config", config, "-revoke", folder / "OS-4.pem", "-crl_reason", "superseded")
    run("openssl", "ca", "-config", config, "-gencrl", "-out", ca / "crl.pem")
    return ca


def renew(server, certificate, key, request, trusted, code=200):
    """EST simplereenroll with the certificate that the other authority gave."""
    root, server.root = server.root, trusted
    try:
        return curl(
            server, "/.well-known/est/simplereenroll", "--cert", certificate, "--key", key, "-H",
            "Content-Type: application/pkcs10", "--data-binary", base64_body(request).decode(), code=code)
    finally:
        server.root = root


def status(server, issuer, certificate):
    """What this installation's responder says, as openssl reads it."""
    return run(
        "openssl", "ocsp", "-issuer", issuer, "-cert", certificate, "-url", server.http + "/ocsp", "-CAfile", issuer,
        "-partial_chain", "-no_nonce", code=None).text


def number_of(server, folder):
    """The number of the operational authority's CRL."""
    [authority] = [each for each in server.command("authority", "list") if each["purpose"] == "operational"]
    der = folder / "now.crl"
    der.write_bytes(curl(server, f"/crl/{authority['id']}.crl", where="http"))
    text = run("openssl", "crl", "-inform", "DER", "-in", der, "-noout", "-text").out.decode()
    return int(text.split("X509v3 CRL Number:")[1].split()[0], 0), text


def renewed_twice(server, old, key, subject, trusted, issuer, folder):
    """The old certificate renews, and what it got renews again, under the same name; both verify under the old issuer."""
    first = make_request(folder / "first.csr", key, subject)
    got = folder / "renewed.pem"
    got.write_text(certificates_in(renew(server, old, key, first, trusted))[0])
    run("openssl", "verify", "-partial_chain", "-CAfile", issuer, got)
    fresh = make_key(folder / "fresh.key")
    again = folder / "again.pem"
    second = make_request(folder / "second.csr", fresh, subject)
    again.write_text(certificates_in(renew(server, got, key, second, trusted))[0])
    run("openssl", "verify", "-partial_chain", "-CAfile", issuer, again)
    expect(serial_of(got) != serial_of(again), "one serial number twice")


def opened_key(pki, folder):
    """easy-rsa's key is under a passphrase: `init` refuses it with the command that takes it off, which is run as it
    stands, but for where its result goes."""
    key = pki / "private/ca.key"
    expect("ENCRYPTED" in key.read_text(), "easy-rsa left its key open")
    refused = run(
        binary(), "init", "--organization", "Interop", "--data", folder / "refused", *PUBLIC, "--issuer-cert",
        pki / "ca.crt", "--issuer-key", key, "--root", pki / "ca.crt", code=1)
    expect(not (folder / "refused").exists(), "a refused founding left something behind")
    told = re.search(r"in memory: (openssl pkey -in .* -out )(\S+);", refused.text)
    expect(told, refused.text)
    opened = folder / "issuer.key"
    run(*shlex.split(told[1]), opened, "-passin", f"pass:{EASYRSA_PASSPHRASE}")
    return opened


def case_easyrsa(context, folder):
    """An authority of easy-rsa goes on: its devices trust and renew, its revocation stands, running it again is harmless"""
    pki = easyrsa(folder)
    key = opened_key(pki, folder)
    server = Installation(
        *PUBLIC, "--issuer-cert", pki / "ca.crt", "--issuer-key", key, "--root", pki / "ca.crt",
        "--issuer-crl", pki / "crl.pem")
    try:
        expect("was not deleted" in server.init_output.text, server.init_output.text)
        expect((pki / "private/ca.key").exists(), "the key was deleted")
        server.start()
        # Before anything else came along, the revocation stands.
        revoked = next((pki / "revoked/certs_by_serial").glob("*.crt"))
        expect("revoked" in status(server, pki / "ca.crt", revoked), "the revoked one is not revoked at once")
        told = server.command("certificate", "import", pki)
        expect_equal((told["added"], told["devices"], len(told["refused"])), (5, 5, 0), f"import {told}")
        told = server.command("certificate", "import", pki / "index.txt")
        expect_equal((told["added"], told["unchanged"], told["revoked"]), (0, 5, 0), f"import again {told}")
        expect("good" in status(server, pki / "ca.crt", pki / "issued/ER-1.crt"), "a good one is not good")
        expect("revoked" in status(server, pki / "ca.crt", revoked), "the revoked one is not revoked")
        _, text = number_of(server, folder)
        expect(serial_of(revoked) in text.replace(":", ""), "the revocation is not in the CRL")
        # The device trusts nothing but the old root, and knows no other certificate.
        renewed_twice(
            server, pki / "issued/ER-1.crt", pki / "private/ER-1.key", "/CN=ER-1", pki / "ca.crt", pki / "ca.crt", folder)
        key = pki / "revoked/private_by_serial" / (revoked.stem + ".key")
        request = make_request(folder / "revoked.csr", key, "/CN=ER-5")
        renew(server, revoked, key, request, pki / "ca.crt", code=403)
    finally:
        server.remove()


def case_openssl_ca(context, folder):
    """An issuer of openssl ca under a root without a key goes on, and its CRL numbers go on after the old ones"""
    ca = openssl_ca(folder)
    server = Installation(
        *PUBLIC, "--issuer-cert", ca / "issuer.pem", "--issuer-key", ca / "issuer.key", "--root", ca / "root.pem",
        "--issuer-crl", ca / "crl.pem")
    try:
        expect("may not certify others" in server.init_output.text, server.init_output.text)
        server.start()
        told = server.command("certificate", "import", ca)
        expect_equal((told["added"], told["devices"], len(told["refused"])), (4, 4, 0), f"import {told}")
        number, text = number_of(server, folder)
        expect(number > 0x42, f"CRL number {number} after 66")
        expect(serial_of(folder / "OS-4.pem") in text, "the revocation is not in the CRL")
        run("openssl", "crl", "-inform", "DER", "-in", folder / "now.crl", "-CAfile", ca / "issuer.pem", "-noout")
        expect("good" in status(server, ca / "issuer.pem", folder / "OS-1.pem"), "a good one is not good")
        expect("revoked" in status(server, ca / "issuer.pem", folder / "OS-4.pem"), "the revoked one is not revoked")
        renewed_twice(
            server, folder / "OS-1.pem", folder / "OS-1.key", "/O=Old Works/CN=OS-1/serialNumber=OS-1", server.root,
            ca / "issuer.pem", folder)
        # What needs the root, whose key is elsewhere, says so.
        [root] = [each for each in server.command("authority", "list") if "Old Root" in each["subject"]]
        refused = server.plain("authority", "crl", root["id"], code=1)
        expect("is not on this machine" in refused.text, refused.text)
        # Another certificate under a serial number that is taken.
        (ca / "serial").write_text("0A10\n")
        (ca / "index.txt").write_text("")
        os.makedirs(ca / "other", exist_ok=True)
        config = ca / "openssl.cnf"
        config.write_text(config.read_text().replace("/newcerts", "/other"))
        key = make_key(folder / "clash.key")
        request = make_request(folder / "clash.csr", key, "/O=Old Works/CN=CLASH")
        run("openssl", "ca", "-batch", "-config", config, "-extensions", "device", "-in", request, "-out",
            folder / "clash.pem", "-notext")
        told = server.plain(
            "certificate", "import", ca / "other", "-o", "json", code=1)
        expect("belongs to another certificate" in told.text, told.text)
    finally:
        server.remove()
