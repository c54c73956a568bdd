"""Records evidence of two software TPMs for Tests/AttestationTests/Fixtures: python3 -m Interop.record_evidence FILE."""

import base64
import json
import os
import shutil
import sys
import tempfile

from Interop.software_tpm import SoftwareTPM

CERTIFY_NONCE, QUOTE_NONCE = bytes(range(32)), bytes(range(32, 64))
ATTESTATION_KEY, KEY, SELECTION = 0x81020001, 0x81020002, "sha256:0,1,4,7,9"


def record(tpm, kind, log):
    ak = tpm.attestation_key(kind, ATTESTATION_KEY, kind)
    key = tpm.key(KEY, kind)
    certify = tpm.certify(KEY, ATTESTATION_KEY, CERTIFY_NONCE)
    quote = tpm.quote(ATTESTATION_KEY, QUOTE_NONCE, SELECTION)
    weak = tpm.quote(ATTESTATION_KEY, QUOTE_NONCE, "sha1:0")
    root, issuer = tpm.manufacturer()
    octets = {
        "root": root, "issuer": issuer, "ek_certificate": tpm.endorsement_certificate(kind),
        "ek_public": tpm.endorsement_key(kind), "ak_public": ak, "ak_name": tpm.read(f"ak-{ATTESTATION_KEY:x}.name"),
        "key_public": key, "certify_nonce": CERTIFY_NONCE, "certify_attest": certify[0],
        "certify_signature": certify[1], "quote_nonce": QUOTE_NONCE, "quote_attest": quote[0],
        "quote_signature": quote[1], "weak_attest": weak[0], "weak_signature": weak[1], "event_log": log,
    }
    evidence = {name: base64.b64encode(value).decode() for name, value in octets.items()}
    evidence["registers"] = tpm.registers(SELECTION)
    return evidence


def main():
    folder = tempfile.mkdtemp()
    recorded = {}
    for kind in ("rsa", "ecc"):
        tpm = SoftwareTPM(os.path.join(folder, kind))
        try:
            recorded[kind] = record(tpm, kind, tpm.boot())
        finally:
            tpm.stop()
    shutil.rmtree(folder)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
