"""openssl verify over whole paths with CRLs, and openssl crl over every authority's list."""

import time

from Interop.harness import (
    address_in, authorities, crl_files, curl, enroll, expect, expect_equal, extension, head_of, is_self_signed,
    issuer_of, path_of, run)


def verify(server, device, crls, code=0):
    options = [part for path in crls for part in ("-CRLfile", path)]
    return run("openssl", "verify", "-CAfile", server.root, "-untrusted", device.chain, *options,
               device.certificate, code=code)


def case_crl_check(context, folder):
    """A device's certificate verifies with -crl_check and with -crl_check_all"""
    server = context.production
    device = enroll(server, "VERIFY-1", folder=folder)
    crls = crl_files(server, device.certificate, folder)
    expect(len(crls) >= 2, "the root's CRL is missing")
    for check in ("-crl_check", "-crl_check_all"):
        options = [part for path in crls for part in ("-CRLfile", path)]
        run("openssl", "verify", check, "-x509_strict", "-CAfile", server.root, "-untrusted", device.chain, *options,
            "-purpose", "sslclient", device.certificate)


def case_crl_signatures(context, folder):
    """openssl crl verifies the signature of every list, and finds number, key identifier and no critical extension"""
    server = context.production
    device = enroll(server, "VERIFY-2", folder=folder)
    everyone = folder / "authorities.pem"
    everyone.write_text("".join(authorities(server)))
    for path in crl_files(server, device.certificate, folder):
        checked = run("openssl", "crl", "-in", path, "-CAfile", everyone, "-noout", "-text")
        expect("verify OK" in checked.text, checked.text[-500:])
        for wanted in ("Version 2", "X509v3 CRL Number", "X509v3 Authority Key Identifier", "Next Update"):
            expect(wanted in checked.text, f"no {wanted} in {path.name}")
        expect("critical" not in checked.text, "a critical extension in a full CRL")


def case_revoked(context, folder):
    """A revoked certificate is in the very next list, with its reason, and no longer verifies"""
    server = context.production
    device = enroll(server, "VERIFY-3", folder=folder)
    verify(server, device, crl_files(server, device.certificate, folder))
    server.command("certificate", "revoke", device.hex, "--reason", "keyCompromise")
    time.sleep(1)
    crls = crl_files(server, device.certificate, folder)
    text = run("openssl", "crl", "-in", crls[0], "-noout", "-text").out.decode()
    expect(device.hex.upper() in text.upper() and "Key Compromise" in text, "the serial or the reason is not listed")
    options = [part for path in crls for part in ("-CRLfile", path)]
    refused = run("openssl", "verify", "-crl_check_all", "-CAfile", server.root, "-untrusted", device.chain, *options,
                  device.certificate, code=None)
    expect(refused.code != 0 and "certificate revoked" in refused.text, refused.text)


def case_held_and_lifted(context, folder):
    """A suspended device's certificate is on hold in the list, and gone from it when the device is resumed"""
    server = context.production
    device = enroll(server, "VERIFY-4", folder=folder)
    numbers = []
    for verb, listed in (("suspend", True), ("resume", False)):
        server.command("device", verb, "VERIFY-4", "--reason", "a rehearsal")
        time.sleep(1)
        path = crl_files(server, device.certificate, folder)[0]
        text = run("openssl", "crl", "-in", path, "-noout", "-text").out.decode()
        expect_equal(device.hex.upper() in text.upper(), listed, f"listed after {verb}")
        expect(not listed or "Certificate Hold" in text, "no certificateHold")
        numbers.append(int(run("openssl", "crl", "-in", path, "-noout", "-crlnumber").out.decode().split("=")[1], 16))
    expect(numbers[1] > numbers[0], f"CRL numbers {numbers}")


def case_retired(context, folder):
    """A retired device's certificate is revoked with cessationOfOperation"""
    server = context.production
    device = enroll(server, "VERIFY-5", folder=folder)
    server.command("device", "retire", "VERIFY-5", "--reason", "scrapped")
    time.sleep(1)
    text = run("openssl", "crl", "-in", crl_files(server, device.certificate, folder)[0], "-noout", "-text").out.decode()
    expect(device.hex.upper() in text.upper() and "Cessation Of Operation" in text, "not listed, or for another reason")


def case_issuer_address(context, folder):
    """The CA address in a certificate gives its issuer in DER, with the type that RFC 5280 names"""
    server = context.production
    device = enroll(server, "VERIFY-6", folder=folder)
    text = extension(device.certificate, "authorityInfoAccess")
    issuers = [line for line in text.splitlines() if "CA Issuers" in line]
    expect(issuers, text)
    der = folder / "issuer.der"
    der.write_bytes(curl(server, path_of(address_in(issuers[0])), where="http"))
    expect_equal(head_of(server)["content-type"], "application/pkix-cert", "content type")
    pem = folder / "issuer.pem"
    run("openssl", "x509", "-inform", "DER", "-in", der, "-out", pem)
    run("openssl", "verify", "-partial_chain", "-trusted", pem, device.certificate)
    expect(not is_self_signed(issuer_of(server, device.certificate, folder)), "a device is issued by the root")


def case_authorities_strictly(context, folder):
    """Every authority's certificate passes openssl's strict checks"""
    server = context.production
    for number, pem in enumerate(authorities(server)):
        path = folder / f"{number}.pem"
        path.write_text(pem)
        run("openssl", "verify", "-x509_strict", "-CAfile", server.root, path)
