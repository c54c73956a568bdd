"""Python's cryptography, a parser in Rust that no one here wrote, reads what the authority signs."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from Interop.harness import (
    authorities, base64_body, crl_files, curl, certificates_in, enroll, expect, expect_equal, issuer_of)

NO_EXPIRY = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)


def load(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def case_authorities(context, folder):
    """Authorities: critical constraints, key usage, identifiers, each signed by the one that it names"""
    server = context.production
    known = [x509.load_pem_x509_certificate(pem.encode()) for pem in authorities(server)]
    for certificate in known:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        expect(constraints.critical and constraints.value.ca, f"constraints of {certificate.subject}")
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        expect(usage.critical and usage.value.key_cert_sign and usage.value.crl_sign, f"usage of {certificate.subject}")
        certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        issuers = [each for each in known if each.subject == certificate.issuer]
        expect(issuers, f"the issuer of {certificate.subject} is not there")
        certificate.verify_directly_issued_by(issuers[0])
        # Nothing outlives its issuer.
        expect(certificate.not_valid_after_utc <= issuers[0].not_valid_after_utc, f"{certificate.subject} lives on")
        expect(0 < certificate.serial_number < 1 << 159, "serial of more than 20 octets")


def case_operational(context, folder):
    """An operational certificate: names, seven days, backdated, critical key usage, addresses that were recorded"""
    server = context.production
    device = enroll(server, "PARSER-1", folder=folder)
    certificate, issuer = load(device.certificate), load(issuer_of(server, device.certificate, folder))
    certificate.verify_directly_issued_by(issuer)
    names = {each.oid: each.value for each in certificate.subject}
    expect_equal((names[NameOID.SERIAL_NUMBER], names[NameOID.COMMON_NAME]), ("PARSER-1", "PARSER-1"), "names")
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    expect(datetime.timedelta(days=6, hours=23) <= life <= datetime.timedelta(days=7, hours=2), f"lives for {life}")
    now = datetime.datetime.now(datetime.timezone.utc)
    expect(now - certificate.not_valid_before_utc > datetime.timedelta(minutes=50), "notBefore is not backdated")
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    expect(usage.critical and usage.value.digital_signature and not usage.value.key_cert_sign, "key usage")
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    expect(ExtendedKeyUsageOID.CLIENT_AUTH in purposes, "no clientAuth")
    # id-kp-cmcRA belongs to the EST server: no device profile grants it.
    expect(x509.ObjectIdentifier("1.3.6.1.5.5.7.3.28") not in purposes, "a device with id-kp-cmcRA")
    authority = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    subject = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    expect_equal(authority.key_identifier, subject.digest, "authority key identifier")
    point = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name[0].value
    expect(point.startswith("http://pki.interop.example/crl/"), point)


def case_idevid(context, folder):
    """An IDevID never expires, and neither does its issuer"""
    server = context.production
    device = enroll(server, "PARSER-2", profile="idevid", folder=folder)
    certificate, issuer = load(device.certificate), load(issuer_of(server, device.certificate, folder))
    certificate.verify_directly_issued_by(issuer)
    for each in (certificate, issuer):
        expect_equal(each.not_valid_after_utc, NO_EXPIRY, f"notAfter of {each.subject.rfc4514_string()}")


def case_crl(context, folder):
    """CRLs: signature, number, key identifier, nextUpdate, and no issuingDistributionPoint"""
    server = context.production
    device = enroll(server, "PARSER-3", folder=folder)
    server.command("certificate", "revoke", device.hex, "--reason", "affiliationChanged")
    known = [x509.load_pem_x509_certificate(pem.encode()) for pem in authorities(server)]
    for path in crl_files(server, device.certificate, folder):
        crl = x509.load_pem_x509_crl(path.read_bytes())
        issuer = next(each for each in known if each.subject == crl.issuer)
        expect(crl.is_signature_valid(issuer.public_key()), f"signature of {crl.issuer}")
        expect(crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number > 0, "number")
        crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        expect(crl.next_update_utc > crl.last_update_utc, "nextUpdate")
        oids = [each.oid for each in crl.extensions]
        expect(ExtensionOID.ISSUING_DISTRIBUTION_POINT not in oids, "a full CRL with an issuingDistributionPoint")
    first = x509.load_pem_x509_crl(crl_files(server, device.certificate, folder)[0].read_bytes())
    entry = first.get_revoked_certificate_by_serial_number(load(device.certificate).serial_number)
    expect(entry is not None, "the revoked serial is not listed")
    expect_equal(entry.extensions.get_extension_for_class(x509.CRLReason).value.reason,
                 x509.ReasonFlags.affiliation_changed, "reason")


def case_ocsp(context, folder):
    """OCSP: a request made and an answer verified here, by responder's key, with the responder's rights checked"""
    server = context.production
    device = enroll(server, "PARSER-4", folder=folder)
    certificate, issuer = load(device.certificate), load(issuer_of(server, device.certificate, folder))
    for digest in (hashes.SHA1(), hashes.SHA256()):
        nonce = b"0123456789abcdef"
        builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, digest)
        asked = builder.add_extension(x509.OCSPNonce(nonce), False).build()
        path = folder / "request.der"
        path.write_bytes(asked.public_bytes(serialization.Encoding.DER))
        answer = ocsp.load_der_ocsp_response(curl(
            server, "/ocsp", "-H", "Content-Type: application/ocsp-request", "--data-binary", f"@{path}", where="http"))
        expect_equal(answer.response_status, ocsp.OCSPResponseStatus.SUCCESSFUL, "response status")
        expect_equal(answer.certificate_status, ocsp.OCSPCertStatus.GOOD, "certificate status")
        expect_equal(answer.serial_number, certificate.serial_number, "serial")
        expect_equal(answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce, nonce, "nonce")
        responder = answer.certificates[0]
        responder.verify_directly_issued_by(issuer)
        purposes = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        expect(ExtendedKeyUsageOID.OCSP_SIGNING in purposes, "the responder's certificate may not answer")
        responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
        expect(answer.responder_key_hash is not None, "not byKey")
        identifier = x509.SubjectKeyIdentifier.from_public_key(responder.public_key()).digest
        expect_equal(answer.responder_key_hash, identifier, "byKey")
        responder.public_key().verify(
            answer.signature, answer.tbs_response_bytes, ec.ECDSA(answer.signature_hash_algorithm))


def case_request_made_here(context, folder):
    """A request that cryptography made is answered, and its certificate parses"""
    server = context.production
    secret = server.add_device("PARSER-5")["secret"]
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    path = folder / "empty.csr"
    path.write_bytes(asked.public_bytes(serialization.Encoding.PEM))
    answer = curl(server, "/.well-known/est/simpleenroll", "-u", f"PARSER-5:{secret}", "-H",
                  "Content-Type: application/pkcs10", "--data-binary", base64_body(path).decode())
    issued = x509.load_pem_x509_certificate(certificates_in(answer)[0].encode())
    expect_equal(issued.public_key(), key.public_key(), "public key")
    expect("PARSER-5" in issued.subject.rfc4514_string(), "an empty subject is filled from the device's record")
