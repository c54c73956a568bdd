"""A SCEP client of its own, on python's cryptography: keys that only sign, which no client on the shelf has.

It is quick besides, so that hundreds of certificates come through this door in one case.
"""

import concurrent.futures
import http.client
import os
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509.oid import AttributeOID, NameOID
from pkilint.bin import lint_pkix_cert

from Interop.clients.pkilint_objects import lint
from Interop.clients.scep_strongswan import authorities, profile
from Interop.der import NULL, explicit, inside, integer, members, octets, oid, printable, read, sequence, set_of, tlv
from Interop.harness import expect, expect_equal, run

LEAST = 500
PROFILE = "scep-signs"
DATA, SIGNED, ENVELOPED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.3"
SHA256, ECDSA, RSA = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.1"
AES128_CBC = "2.16.840.1.101.3.4.1.2"
SCEP = "2.16.840.1.113733.1.9."


def name_of(serial):
    return x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, serial),
                      x509.NameAttribute(NameOID.COMMON_NAME, serial)])


@dataclass
class Authority:
    """A registration authority, as GetCACert shows it."""
    certificate: x509.Certificate
    host: str
    path: str

    def post(self, message):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("POST", self.path + "?operation=PKIOperation", message,
                           {"Content-Type": "application/x-pki-message"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        expect_equal(answer.status, 200, f"status, with {body[:200]}")
        expect_equal(answer.getheader("Content-Type"), "application/x-pki-message", "type")
        return body


def identifier(certificate):
    """IssuerAndSerialNumber."""
    return sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number))


def enveloped(content, authority):
    key, vector = os.urandom(16), os.urandom(16)
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    text = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    recipient = sequence(integer(0), identifier(authority), sequence(oid(RSA), NULL),
                         octets(authority.public_key().encrypt(key, padding.PKCS1v15())))
    encrypted = sequence(oid(DATA), sequence(oid(AES128_CBC), octets(vector)), tlv(0x80, text))
    return sequence(oid(ENVELOPED), explicit(0, sequence(integer(0), set_of(recipient), encrypted)))


def digest(content):
    hashed = hashes.Hash(hashes.SHA256())
    hashed.update(content)
    return hashed.finalize()


def attribute(kind, value):
    return sequence(oid(kind), set_of(value))


def message(kind, envelope, key, certificate, transaction, nonce):
    attributes = sorted([
        attribute("1.2.840.113549.1.9.3", oid(DATA)), attribute("1.2.840.113549.1.9.4", octets(digest(envelope))),
        attribute(SCEP + "2", printable(str(kind))), attribute(SCEP + "5", octets(nonce)),
        attribute(SCEP + "7", printable(transaction))])
    signer = sequence(
        integer(1), identifier(certificate), sequence(oid(SHA256)), explicit(0, *attributes), sequence(oid(ECDSA)),
        octets(key.sign(tlv(0x31, *attributes), ec.ECDSA(hashes.SHA256()))))
    return sequence(oid(SIGNED), explicit(0, sequence(
        integer(1), set_of(sequence(oid(SHA256))), sequence(oid(DATA), explicit(0, octets(envelope))),
        explicit(0, certificate.public_bytes(serialization.Encoding.DER)), set_of(signer))))


def verified(answer, authority):
    """The attributes that the registration authority signed, and the content."""
    fields = inside(inside(inside(answer)[1][2])[0][2])
    content = read(inside(fields[2][2])[1][1])[1] if len(inside(fields[2][2])) > 1 else b""
    signer = inside(members(fields[-1][1])[0][2])
    signed = next(part for part in signer if part[0] == 0xA0)[1]
    authority.public_key().verify(
        next(part for part in signer if part[0] == 0x04)[1], tlv(0x31, signed), padding.PKCS1v15(), hashes.SHA256())
    found = {}
    for _, _, whole in members(signed):
        kind, values = inside(whole)
        found[kind[2]] = members(values[1])[0]
    expect_equal(found[oid("1.2.840.113549.1.9.4")][1], digest(content), "messageDigest")
    return found, content


def unwrapped(wrapped, key, vector):
    """RFC 3211 §2.3.2."""
    def decrypt(text, initial):
        decryptor = Cipher(algorithms.AES(key), modes.CBC(initial)).decryptor()
        return decryptor.update(text) + decryptor.finalize()

    last = decrypt(wrapped[-16:], wrapped[-32:-16])
    block = decrypt(decrypt(wrapped[:-16], last) + last, vector)
    expect(all(block[n + 1] ^ block[n + 4] == 0xFF for n in range(3)), "the key's check")
    return block[4:4 + block[0]]


def opened(envelope, password):
    """What was encrypted under a password (RFC 5652 §6.2.4)."""
    fields = inside(inside(inside(envelope)[1][2])[0][2])
    expect_equal(fields[0][1], b"\x03", "version")
    recipient = members(members(fields[1][1])[0][1])
    derivation = members(members(recipient[1][1])[1][1])
    cipher = inside(inside(recipient[2][2])[1][2])
    key = PBKDF2HMAC(
        hashes.SHA256(), 16 if cipher[0][2] == oid(AES128_CBC) else 32, derivation[0][1],
        int.from_bytes(derivation[1][1], "big")).derive(password)
    content_key = unwrapped(recipient[3][1], key, cipher[1][1])
    encrypted = inside(fields[2][2])
    decryptor = Cipher(algorithms.AES(content_key), modes.CBC(inside(encrypted[1][2])[1][1])).decryptor()
    padded = decryptor.update(encrypted[2][1]) + decryptor.finalize()
    remover = PKCS7(128).unpadder()
    return remover.update(padded) + remover.finalize()


def certificate_in(certificates_only):
    """The first of a certs-only."""
    fields = inside(inside(inside(certificates_only)[1][2])[0][2])
    return x509.load_der_x509_certificate(members(fields[3][1])[0][2])


def enroll(authority, serial, secret, now):
    """PKCSReq with a P-256 key; the answer comes under the challenge password. Nonces and transaction are checked."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = name_of(serial)
    own = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
           .serial_number(1).not_valid_before(now).not_valid_after(authority.certificate.not_valid_after_utc)
           .sign(key, hashes.SHA256()))
    request = (x509.CertificateSigningRequestBuilder().subject_name(name)
               .add_attribute(AttributeOID.CHALLENGE_PASSWORD, secret.encode()).sign(key, hashes.SHA256()))
    envelope = enveloped(request.public_bytes(serialization.Encoding.DER), authority.certificate)
    nonce, transaction = os.urandom(16), os.urandom(16).hex()
    answer = authority.post(message(19, envelope, key, own, transaction, nonce))
    found, content = verified(answer, authority.certificate)
    text = found.get(oid("1.3.6.1.5.5.7.24.1"), (0, b""))[1]
    expect_equal(found[oid(SCEP + "3")][1], b"0", f"pkiStatus of {serial}, with {text}")
    expect_equal(found[oid(SCEP + "6")][1], nonce, "recipientNonce")
    expect_equal(found[oid(SCEP + "7")][1].decode(), transaction, "transactionID")
    certificate = certificate_in(opened(content, secret.encode()))
    expect(certificate.public_key() == key.public_key(), "the certificate is of another key")
    return certificate


def authority_of(server, folder):
    # A key on a curve enciphers nothing.
    url = profile(server, folder, PROFILE, usage="digitalSignature")
    certificate = x509.load_pem_x509_certificate(authorities(url, folder)[0].read_bytes())
    host, _, path = url.split("://")[1].partition("/")
    return Authority(certificate, host, "/" + path)


def case_elliptic_curve_under_a_challenge(context, folder):
    """A P-256 key, which nothing can be encrypted to by key transport: the answer is under the challenge password"""
    server = context.production
    authority = authority_of(server, folder)
    secret = server.add_device("SCEP-PY-1", PROFILE)["secret"]
    certificate = enroll(authority, "SCEP-PY-1", secret, authority.certificate.not_valid_before_utc)
    path = folder / "issued.crt"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    chain = folder / "chain"
    chain.write_bytes(b"".join(each.read_bytes() for each in authorities(f"{server.http}/scep/{PROFILE}", folder)[1]))
    run("openssl", "verify", "-CAfile", server.root, "-untrusted", chain, path)


def case_five_hundred(context, folder):
    """pkilint finds no error in 500 certificates that came through this door, nor in what signs its answers"""
    server = context.production
    authority = authority_of(server, folder)
    grant = server.add_grant(PROFILE, LEAST)

    def one(number):
        return enroll(
            authority, f"SCEP-LINT-{number}", grant["secret"], authority.certificate.not_valid_before_utc)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        certificates = list(pool.map(one, range(LEAST)))
    expect_equal(server.command("grant", "show", grant["name"])["left"], 0, "left of the grant")
    for certificate in [authority.certificate, *certificates]:
        found = lint(lint_pkix_cert, certificate.public_bytes(serialization.Encoding.DER))
        expect(not found, f"pkilint says {found} of {certificate.subject}")
    expect_equal(len({certificate.serial_number for certificate in certificates}), LEAST, "serial numbers")
    context.note(f"scep_python: pkilint finds no error in {len(certificates)} certificates that came through SCEP, "
                 "nor in the registration authority's")
