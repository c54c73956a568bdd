"""A CMP client of its own for keys that the authority makes (RFC 9483 §4.1.6): openssl cmp asks for one from 3.5 on.

It writes its messages by hand, and reads the answers with pyasn1's modules of RFC 9480, 5652 and 5958, and python's
cryptography.
"""

import hmac
import os
import urllib.request
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.padding import PKCS7
from pyasn1.codec.der import decoder, encoder
from pyasn1_alt_modules import rfc5652, rfc5958, rfc9480

from Interop.clients.cmp_openssl import enrolled, operational, secret_of
from Interop.der import NULL, bits, explicit, inside, integer, octets, oid, read, sequence, set_of, tlv
from Interop.harness import expect, expect_equal, run

SHA256, HMAC_SHA256 = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9"
EC_KEY, P256, P384, RSA_KEY = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.2.840.113549.1.1.1"
KEY_PACKAGE, SIGNED_DATA = "2.16.840.1.101.2.1.2.78.5", "1.2.840.113549.1.7.2"
KEY_GENERATION = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.32")
IR, KUR = 0, 7


def profile(server, name, usage="digitalSignature", makes=True):
    """An operational profile that may have keys made, and keys that do more than sign."""
    document = server.plain("profile", "export", "operational").out.decode()
    document = document.replace("name: operational", f"name: {name}")
    document = document.replace("key-usage: [digitalSignature]", f"key-usage: [{usage}]")
    path = server.folder / f"{name}.yaml"
    path.write_text(document + ("\nserver-key-generation: allowed\n" if makes else ""))
    server.command("profile", "apply", path)
    return name


class Secret:
    """Protection by PBM with SHA-256."""

    def __init__(self, serial, secret):
        self.serial, self.secret, self.salt = serial, secret.encode(), os.urandom(16)
        self.sender, self.kid, self.certificates = sequence(), serial.encode(), []

    @property
    def algorithm(self):
        return sequence(oid("1.2.840.113533.7.66.13"), sequence(
            octets(self.salt), sequence(oid(SHA256)), integer(1000), sequence(oid(HMAC_SHA256))))

    def code(self, part, salt=None, rounds=1000):
        key = self.secret + (salt or self.salt)
        for _ in range(rounds):
            hashed = hashes.Hash(hashes.SHA256())
            hashed.update(key)
            key = hashed.finalize()
        return hmac.digest(key, part, "sha256")


class Signature:
    """Protection by a device's certificate."""

    def __init__(self, held):
        self.certificate = x509.load_pem_x509_certificate(held.certificate.read_bytes())
        self.key = serialization.load_pem_private_key(held.key.read_bytes(), None)
        self.sender = self.certificate.subject.public_bytes()
        self.kid = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        self.certificates = [self.certificate.public_bytes(serialization.Encoding.DER)]

    @property
    def algorithm(self):
        return (sequence(oid("1.2.840.113549.1.1.11"), NULL) if isinstance(self.key, rsa.RSAPrivateKey)
                else sequence(oid("1.2.840.10045.4.3.2")))

    def code(self, part):
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(part, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(part, ec.ECDSA(hashes.SHA256()))


def subject(serial):
    def part(kind, text):
        return set_of(sequence(oid(kind), tlv(0x13 if kind.endswith("5") else 0x0C, text.encode())))
    return sequence(part("2.5.4.5", serial), part("2.5.4.3", serial))


def request(kind, protection, serial, algorithm=None):
    """ir or kur with a template that has no key, or an empty one of an algorithm; with implicitConfirm."""
    key = b"" if algorithm is None else explicit(6, algorithm, bits(b""))
    template = sequence(explicit(5, subject(serial)), key)
    body = explicit(kind, sequence(sequence(sequence(integer(0), template))))
    implicit = sequence(oid("1.3.6.1.5.5.7.4.13"), NULL)
    header = sequence(
        integer(3), explicit(4, protection.sender), explicit(4, sequence()), explicit(1, protection.algorithm),
        explicit(2, octets(protection.kid)), explicit(4, octets(os.urandom(16))), explicit(5, octets(os.urandom(16))),
        explicit(8, sequence(implicit)))
    code = protection.code(sequence(header, body))
    extra = explicit(1, sequence(*protection.certificates)) if protection.certificates else b""
    return sequence(header, body, explicit(0, bits(code)), extra)


@dataclass
class Answer:
    status: int
    certificate: x509.Certificate | None
    envelope: object
    text: str
    encoded: bytes


def send(server, message, path="/.well-known/cmp"):
    asked = urllib.request.Request(server.http + path, message, {"Content-Type": "application/pkixcmp"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        encoded = answer.read()
    answer, rest = decoder.decode(encoded, asn1Spec=rfc9480.PKIMessage())
    expect_equal(rest, b"", "what follows the message")
    expect(encoder.encode(answer) == encoded, "the answer is no DER")
    kind = answer["body"].getName()
    if kind == "error":
        status = answer["body"]["error"]["pKIStatusInfo"]
        return Answer(int(status["status"]), None, None, str(status["statusString"][0]), encoded)
    response = answer["body"][kind]["response"][0]
    status = response["status"]
    text = str(status["statusString"][0]) if status["statusString"].isValue else ""
    pair = response["certifiedKeyPair"]
    if not pair.isValue or not pair["certOrEncCert"].isValue:
        return Answer(int(status["status"]), None, None, text, encoded)
    expect_equal(int(answer["header"]["pvno"]), 3, "pvno of an answer with a key")
    certificate = x509.load_der_x509_certificate(read(encoder.encode(pair["certOrEncCert"]["certificate"]))[1])
    return Answer(int(status["status"]), certificate, pair["privateKey"]["envelopedData"], text, encoded)


def content_key(envelope, protection):
    """The content encryption key, by the one recipient that there is; and how it came."""
    expect_equal(len(envelope["recipientInfos"]), 1, "recipients")
    recipient = envelope["recipientInfos"][0]
    kind = recipient.getName()
    info = recipient[kind]
    if kind == "pwri":
        expect_equal(int(envelope["version"]), 3, "version (RFC 9483 §4.1.6 with erratum 7833)")
        expect_equal(str(info["keyEncryptionAlgorithm"]["algorithm"]), "2.16.840.1.101.3.4.1.45", "id-aes256-wrap")
        parameters = inside(bytes(info["keyDerivationAlgorithm"]["parameters"]))
        derivation = PBKDF2HMAC(hashes.SHA256(), 32, parameters[0][1], int.from_bytes(parameters[1][1], "big"))
        return keywrap.aes_key_unwrap(derivation.derive(protection.secret), bytes(info["encryptedKey"])), kind
    expect_equal(int(envelope["version"]), 2, "version")
    if kind == "ktri":
        expect_equal(bytes(info["rid"]["subjectKeyIdentifier"]), protection.kid, "rid")
        expect_equal(str(info["keyEncryptionAlgorithm"]["algorithm"]), "1.2.840.113549.1.1.7", "id-RSAES-OAEP")
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        return protection.key.decrypt(bytes(info["encryptedKey"]), oaep), kind
    expect_equal(kind, "kari", "recipient")
    mine = info["recipientEncryptedKeys"][0]
    expect_equal(bytes(mine["rid"]["rKeyId"]["subjectKeyIdentifier"]), protection.kid, "rid")
    point = info["originator"]["originatorKey"]["publicKey"].asOctets()
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(protection.key.curve, point)
    wrap = bytes(info["keyEncryptionAlgorithm"]["parameters"])
    # RFC 5753 §7.2: ECC-CMS-SharedInfo, of 256 bits.
    shared = sequence(wrap, explicit(2, octets((256).to_bytes(4, "big"))))
    derived = X963KDF(hashes.SHA256(), 32, shared).derive(protection.key.exchange(ec.ECDH(), theirs))
    return keywrap.aes_key_unwrap(derived, bytes(mine["encryptedKey"])), kind


def signed_in(envelope, protection):
    """The SignedData in the envelope, and how its key came."""
    key, kind = content_key(envelope, protection)
    content = envelope["encryptedContentInfo"]
    expect_equal(str(content["contentType"]), SIGNED_DATA, "content type")
    vector = read(bytes(content["contentEncryptionAlgorithm"]["parameters"]))[1]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    padded = decryptor.update(bytes(content["encryptedContent"])) + decryptor.finalize()
    remover = PKCS7(128).unpadder()
    return remover.update(padded) + remover.finalize(), kind


def key_in(server, folder, encoded):
    """The private key, after openssl verified who signed it, up to the root."""
    signed, _ = decoder.decode(encoded, asn1Spec=rfc5652.SignedData())
    expect_equal(str(signed["encapContentInfo"]["eContentType"]), KEY_PACKAGE, "content type")
    path, package = folder / "signed.der", folder / "package.der"
    path.write_bytes(sequence(oid(SIGNED_DATA), explicit(0, encoded)))
    run("openssl", "cms", "-verify", "-inform", "DER", "-in", path, "-CAfile", server.root, "-purpose", "any",
        "-out", package)
    signer = x509.load_der_x509_certificate(encoder.encode(signed["certificates"][0]["certificate"]))
    purposes = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    expect_equal(list(purposes), [KEY_GENERATION], "purposes of the key generation authority")
    identifier = signer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    expect_equal(bytes(signed["signerInfos"][0]["sid"]["subjectKeyIdentifier"]), identifier, "sid")
    keys, rest = decoder.decode(package.read_bytes(), asn1Spec=rfc5958.AsymmetricKeyPackage())
    expect_equal((len(keys), rest), (1, b""), "keys")
    one = keys[0]
    expect_equal(int(one["version"]), 1, "version of the key (v2)")
    algorithm = encoder.encode(one["privateKeyAlgorithm"])
    pkcs8 = sequence(integer(0), algorithm, octets(bytes(one["privateKey"])))
    return serialization.load_der_private_key(pkcs8, None), one["publicKey"].asOctets()


def delivered(server, folder, protection, answer, wanted):
    """The key that came with a certificate is that certificate's, and came as it should."""
    expect_equal(answer.status, 0, f"status, with {answer.text}")
    encoded, kind = signed_in(answer.envelope, protection)
    expect_equal(kind, wanted, "kind of recipient")
    key, stated = key_in(server, folder, encoded)
    expect(key.public_key() == answer.certificate.public_key(), "the key is not the certificate's")
    info = inside(key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    expect_equal(stated, info[1][1][1:], "the public key beside it")
    return key


def case_key_under_a_secret(context, folder):
    """ir without a key, and with an empty one of each algorithm: the key comes under the device's secret"""
    server = operational(context)
    name = profile(server, "made-here")
    kinds = [None, sequence(oid(EC_KEY), oid(P256)), sequence(oid(EC_KEY), oid(P384)), sequence(oid("1.3.101.112")),
             sequence(oid(RSA_KEY), NULL)]
    for number, algorithm in enumerate(kinds):
        serial = f"CMP-KEY-{number}"
        protection = Secret(serial, secret_of(server, serial, name))
        message = request(IR, protection, serial, algorithm)
        key = delivered(server, folder, protection, send(server, message), "pwri")
        if algorithm and oid(P384) in algorithm:
            expect_equal(key.curve.name, "secp384r1", "curve")
        again = send(server, message)
        expect(again.certificate is None and again.status == 2, "the key was given twice")
        issued = server.command("certificate", "list", "--where", f"serial={serial}")
        expect_equal(len(issued), 1, "certificates of one request")


def case_key_to_a_certificate(context, folder):
    """kur without a key: it comes to the key that signed, by ECDH with P-256 and P-384, by OAEP with RSA"""
    server = operational(context)
    for algorithm, usage, wanted in [("p256", "keyAgreement", "kari"), ("p384", "keyAgreement", "kari"),
                                     ("rsa2048", "keyEncipherment", "ktri")]:
        name = profile(server, f"made-for-{algorithm}", f"digitalSignature, {usage}")
        held = enrolled(server, folder, f"CMP-KEY-{algorithm}".upper(), name, algorithm=algorithm)
        protection = Signature(held)
        # A key that the profile's usage does not fit is refused: where it enciphers, one of RSA is asked for.
        asked = sequence(oid(RSA_KEY), NULL) if algorithm == "rsa2048" else None
        delivered(server, folder, protection, send(server, request(KUR, protection, held.serial, asked)), wanted)


def case_no_key_where_none_is_allowed(context, folder):
    """A profile that says nothing of it has no keys made, and nothing is encrypted to a key that only signs"""
    server = operational(context)
    name = profile(server, "not-made-here", makes=False)
    protection = Secret("CMP-KEY-NONE", secret_of(server, "CMP-KEY-NONE", name))
    refused = send(server, request(IR, protection, "CMP-KEY-NONE"))
    expect(refused.status == 2 and "server-key-generation" in refused.text, refused.text)
    held = enrolled(server, folder, "CMP-KEY-SIGNS", profile(server, "made-here"))
    refused = send(server, request(KUR, Signature(held), held.serial))
    expect(refused.status == 2 and "keyUsage" in refused.text, refused.text)
