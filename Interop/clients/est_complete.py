"""What EST has beyond simple enrollment, by curl, openssl and python-cryptography: an operator's approval, keys made for
devices, request templates, and a gateway that enrolls for the devices behind it."""

import base64
import concurrent.futures
import email
import http.client
import json
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.name import _ASN1Type
from pkilint.bin import lint_pkix_cert

from Interop.clients.curl_est import PKCS10, post, request_for
from Interop.clients.pkilint_objects import lint
from Interop.harness import (
    base64_body, certificates_in, curl, device_subject, enroll, expect, expect_equal, head_of, make_key, make_request,
    run)

LEAST = 500

PROFILE = """\
name: {name}
authority: operational
subject:
  - serialNumber: "{{serial}}"
  - commonName: "{{serial}}"
keys: [P-256, RSA-2048]
validity: 7d
key-usage: [digitalSignature]
extended-key-usage: [clientAuth]
ask: [secret, grant, certificate, administrator, registration-authority]
protocols: [est, rest, command]
{lines}
"""


def apply(server, folder, name, lines):
    path = folder / f"{name}.yaml"
    path.write_text(PROFILE.format(name=name, lines=lines))
    server.plain("profile", "apply", path)


def case_approval(context, folder):
    """202 with Retry-After while an operator decides; then the certificate, or the operator's no"""
    server = context.production
    apply(server, folder, "approved", "approval: required")
    for serial, verb, wanted in (("EST-WAIT", "approve", 200), ("EST-DENY", "deny", 403)):
        secret = server.add_device(serial, "approved")["secret"]
        key, request = request_for(folder, serial)
        user = ("-u", f"{serial}:{secret}")
        post(server, "/simpleenroll", request, *user, code=202)
        head = head_of(server)
        expect(int(head["retry-after"]) > 0, f"Retry-After is {head.get('retry-after')}")
        # Signed anew, the request is still the same.
        again = make_request(folder / f"{serial}-again.csr", key, device_subject(serial))
        post(server, "/simpleenroll", again, *user, code=202)
        waiting = [item for item in server.command("request", "list") if item["serial"] == serial]
        expect_equal(len(waiting), 1, "requests that wait")
        shown = server.command("request", "show", waiting[0]["id"])
        expect_equal(shown["state"], "pending", "state")
        expect(shown["request"].startswith("-----BEGIN CERTIFICATE REQUEST"), "the request itself is not shown")
        run("openssl", "req", "-verify", "-noout", stdin=shown["request"].encode())
        server.command("request", verb, waiting[0]["id"], "--reason", "seen on the bench")
        answer = post(server, "/simpleenroll", again, *user, code=wanted)
        if wanted == 200:
            (folder / "approved.pem").write_text(certificates_in(answer)[0])
            run("openssl", "x509", "-in", folder / "approved.pem", "-noout", "-checkend", "60")
        else:
            expect(b"seen on the bench" in answer, f"the reason is not in {answer!r}")


def parts_of(server, body):
    """A multipart/mixed answer's parts, by Python's mail parser."""
    head = f"Content-Type: {head_of(server)['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body)
    expect(message.is_multipart(), f"{head!r} is not multipart")
    expect_equal(message.get_content_type(), "multipart/mixed", "content type")
    return message.get_payload()


def case_serverkeygen(context, folder):
    """serverkeygen: a PKCS#8 key and its certificate, once; off where the profile does not allow it"""
    server = context.production
    apply(server, folder, "keymade", "server-key-generation: allowed")
    refused = server.add_device("EST-NOKEY")["secret"]
    _, request = request_for(folder, "EST-NOKEY")
    answer = post(server, "/serverkeygen", request, "-u", f"EST-NOKEY:{refused}", code=400)
    expect(b"server-key-generation" in answer, f"no rule in {answer!r}")
    for algorithm in ("p256", "rsa2048"):
        serial = f"EST-KEY-{algorithm}"
        secret = server.add_device(serial, "keymade")["secret"]
        key, request = request_for(folder, serial, algorithm)
        body = post(server, "/serverkeygen", request, "-u", f"{serial}:{secret}")
        private, certificates = parts_of(server, body)
        expect_equal(private.get_content_type(), "application/pkcs8", "the key's type")
        made = folder / f"{serial}.made.der"
        made.write_bytes(private.get_payload(decode=True))
        public = run("openssl", "pkey", "-inform", "DER", "-in", made, "-pubout").out
        expect(public != run("openssl", "pkey", "-in", key, "-pubout").out, "the key is the request's own")
        expect_equal(certificates.get_content_type(), "application/pkcs7-mime", "the certificate's type")
        (folder / "made.pem").write_text(certificates_in(certificates.get_payload().encode())[0])
        expect_equal(run("openssl", "x509", "-in", folder / "made.pem", "-noout", "-pubkey").out, public, "the key")
        # Nobody has the key any more: the answer cannot be given again.
        post(server, "/serverkeygen", request, "-u", f"{serial}:{secret}", code=403)


def case_serverkeygen_encrypted(context, folder):
    """serverkeygen encrypted to the device's certificate, opened and verified by openssl cms"""
    server = context.production
    apply(server, folder, "keymade", "server-key-generation: allowed")
    for algorithm in ("p256", "rsa2048"):
        device = enroll(server, f"EST-ENV-{algorithm}", profile="keymade", algorithm=algorithm, folder=folder)
        own = x509.load_pem_x509_certificate(device.certificate.read_bytes())
        identifier = own.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        request = with_attribute(folder, device, identifier, algorithm)
        body = post(server, "/serverkeygen", request, "--cert", device.certificate, "--key", device.key)
        private, certificates = parts_of(server, body)
        expect_equal(
            (private.get_content_type(), private.get_param("smime-type")),
            ("application/pkcs7-mime", "server-generated-key"), "the key's type")
        (folder / "enveloped.der").write_bytes(private.get_payload(decode=True))
        # What is enveloped is SignedData without its ContentInfo; openssl writes out what it decrypted.
        run("openssl", "cms", "-decrypt", "-inform", "DER", "-in", folder / "enveloped.der", "-inkey", device.key,
            "-recip", device.certificate, "-out", folder / "signed.der", "-binary")
        signed = (folder / "signed.der").read_bytes()
        (folder / "signed.cms").write_bytes(content_info(signed))
        run("openssl", "cms", "-verify", "-inform", "DER", "-in", folder / "signed.cms", "-CAfile", server.root,
            "-purpose", "any", "-binary", "-out", folder / "package.der")
        package = (folder / "package.der").read_bytes()
        made = serialization.load_der_private_key(inside_of(package), None)
        (folder / "made.pem").write_text(certificates_in(certificates.get_payload().encode())[0])
        certified = x509.load_pem_x509_certificate((folder / "made.pem").read_bytes())
        expect_equal(made.public_key(), certified.public_key(), "the key")
        # Somebody else's identifier is refused before a key is made.
        other = with_attribute(folder, device, b"\x01" * 20, algorithm)
        post(server, "/serverkeygen", other, "--cert", device.certificate, "--key", device.key, code=400)


def with_attribute(folder, device, identifier, algorithm):
    """A request with AsymmetricDecryptKeyIdentifier, made by python-cryptography."""
    key = serialization.load_pem_private_key(device.key.read_bytes(), None)
    subject = x509.load_pem_x509_certificate(device.certificate.read_bytes()).subject
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_attribute(
        x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.54"), identifier, _tag=_ASN1Type.OctetString)
    path = folder / f"{algorithm}-{identifier[:2].hex()}.csr"
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


def tlv(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes(
        (size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + length + content


def content_info(signed):
    return tlv(0x30, bytes.fromhex("06092a864886f70d010702") + tlv(0xA0, signed))


def inside_of(sequence):
    """What a SEQUENCE of one member holds."""
    skip = 2 if sequence[1] < 128 else 2 + (sequence[1] & 0x7F)
    return sequence[skip:]


def read(der):
    """A DER value as (tag, content or list of values), by hand: another reader than the server's own."""
    values = []
    while der:
        tag, size, start = der[0], der[1], 2
        if size & 0x80:
            count = size & 0x7F
            size, start = int.from_bytes(der[2:2 + count], "big"), 2 + count
        content = der[start:start + size]
        expect_equal(len(content), size, "a value's length")
        values.append((tag, read(content) if tag & 0x20 else content))
        der = der[start + size:]
    return values


def case_csrattrs_template(context, folder):
    """csrattrs carries a certification request template (RFC 9908), read by another DER reader and by openssl"""
    server = context.production
    body = base64.b64decode(curl(server, "/.well-known/est/gateway/csrattrs"))
    expect_equal(head_of(server)["content-type"].split(";")[0], "application/csrattrs", "content type")
    (folder / "csrattrs.der").write_bytes(body)
    shown = run("openssl", "asn1parse", "-inform", "DER", "-in", folder / "csrattrs.der").out.decode()
    expect("id-ecPublicKey" in shown and "prime256v1" in shown, shown)
    [(tag, items)] = read(body)
    template_oid = bytes.fromhex("2a864886f70d010910023d")
    extension_oid = bytes.fromhex("2a864886f70d010910023e")
    templates = [item[1][1][1][0] for item in items if item[0] == 0x30 and item[1][0] == (6, template_oid)]
    expect_equal(len(templates), 1, "templates")
    version, subject, key, attributes = templates[0][1]
    expect_equal(version, (2, b"\x00"), "version")
    # serialNumber and commonName, for the client to fill in.
    expect_equal(
        [rdn[1][0][1] for rdn in subject[1]], [[(6, bytes.fromhex("550405"))], [(6, bytes.fromhex("550403"))]],
        "subject")
    expect_equal(key[0], 0xA0, "subjectPKInfo")
    expect_equal(attributes[0], 0xA1, "attributes")
    [attribute] = attributes[1]
    expect_equal(attribute[1][0], (6, extension_oid), "extensionReqTemplate")
    extensions = attribute[1][1][1][0][1]
    identifiers = [extension[1][0][1].hex() for extension in extensions]
    expect_equal(identifiers, ["551d0f", "551d25", "551d11"], "key usage, extended key usage, alternative names")
    expect_equal(len(extensions[2][1]), 1, "an alternative name without a value")


def case_registration_authority(context, folder):
    """A gateway's certificate enrolls and renews for the devices behind it, as its record says and not as its EKU does"""
    server = context.production
    server.command(
        "admin", "add", "gateway-7", "--role", "registration-authority", "--profile", "operational", "--uses", "3",
        "--out", folder / "gateway")
    own = ("--cert", folder / "gateway.pem", "--key", folder / "gateway.key")
    text = run("openssl", "x509", "-in", folder / "gateway.pem", "-noout", "-text").out.decode()
    expect("CMC Registration Authority" in text or "1.3.6.1.5.5.7.3.28" in text, "no id-kp-cmcRA")
    for serial in ("EST-RA-1", "EST-RA-2"):
        server.add_device(serial)
        _, request = request_for(folder, serial)
        first = post(server, "/simpleenroll", request, *own)
        again = post(server, "/simpleenroll", request, *own)
        expect_equal(certificates_in(again)[0], certificates_in(first)[0], "the certificate asked for again")
    key = make_key(folder / "next.key")
    renewal = make_request(folder / "next.csr", key, device_subject("EST-RA-1"))
    post(server, "/simplereenroll", renewal, *own)
    # Three were counted: that was all.
    server.add_device("EST-RA-3")
    _, request = request_for(folder, "EST-RA-3")
    expect(b"count" in post(server, "/simpleenroll", request, *own, code=403), "not the count was refused")
    history = json.dumps(server.command("device", "show", "EST-RA-1"))
    expect("registration-authority:gateway-7" in history, "the log does not name the gateway")
    server.command("admin", "remove", "gateway-7")
    post(server, "/simpleenroll", request, *own, code=403)


def case_five_hundred(context, folder):
    """pkilint finds no error in 500 certificates that came through this door"""
    server = context.production
    grant = server.add_grant("operational", LEAST)
    trusted = ssl.create_default_context(cafile=str(server.root))
    host = server.https.removeprefix("https://")
    right = base64.b64encode(f"{grant['name']}:{grant['secret']}".encode()).decode()
    headers = {"Authorization": f"Basic {right}", "Content-Type": "application/pkcs10"}

    def some(numbers):
        connection = http.client.HTTPSConnection(host, context=trusted, timeout=60)
        return [one(connection, number) for number in numbers]

    def one(connection, number):
        name = x509.Name([x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, f"EST-LINT-{number}")])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(
            ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        body = base64.b64encode(request.public_bytes(serialization.Encoding.DER))
        connection.request("POST", "/.well-known/est/simpleenroll", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        expect_equal(answer.status, 200, f"simpleenroll of EST-LINT-{number}")
        return pkcs7.load_der_pkcs7_certificates(base64.b64decode(text))[0]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        certificates = sum(pool.map(some, [range(first, LEAST, 4) for first in range(4)]), [])
    expect_equal(len({certificate.serial_number for certificate in certificates}), LEAST, "serial numbers")
    for certificate in certificates:
        found = lint(lint_pkix_cert, certificate.public_bytes(serialization.Encoding.DER))
        expect(not found, f"pkilint says {found} of {certificate.subject}")
    context.note(f"est_complete: pkilint finds no error in {len(certificates)} certificates that came through EST")
