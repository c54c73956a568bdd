"""Holds what devices were given against what the store and the log say afterwards."""

from cryptography.hazmat.primitives import hashes

from Interop.harness import expect

ISSUING = ("certificate.issue", "certificate.renew")


def hexadecimal(certificate):
    return f"{certificate.serial_number:x}"


def normalized(text):
    """A serial number as the commands print it: hex, with or without leading zeros, in either case."""
    return text.replace(":", "").lower().lstrip("0")


def listed(server):
    """Every certificate in the store, by serial number; a serial that is there twice is a failure."""
    found = {}
    for item in server.command("certificate", "list"):
        key = (normalized(item["serial_number"]), item["authority"])
        expect(key not in found, f"serial {key[0]} is twice in the store")
        found[key] = item
    return {serial: item for (serial, _), item in found.items()}


def logged(server):
    """The serial numbers of all certificates whose issuance the log tells of."""
    return {
        normalized(item["details"].get("serial_number") or item["subject"].removeprefix("certificate:"))
        for item in server.command("audit", "list")
        if item["act"] in ISSUING and item["outcome"] == "ok"
    }


def missing(server, received):
    """What devices hold and the store or the log does not know, in words."""
    store, log = listed(server), logged(server)
    for device, certificate in received.items():
        serial = hexadecimal(certificate)
        item = store.get(serial)
        if item is None:
            yield f"{device}: certificate {serial} is not in the store"
        elif normalized(item["fingerprint"]) != normalized(certificate.fingerprint(hashes.SHA256()).hex()):
            yield f"{device}: certificate {serial} in the store is another one"
        if serial not in log:
            yield f"{device}: certificate {serial} is not in the log"


def check(server, received):
    """Everything received is there, no serial twice among devices, and the log verifies."""
    serials = [hexadecimal(certificate) for certificate in received.values()]
    expect(len(serials) == len(set(serials)), "two devices were given one serial")
    gaps = list(missing(server, received))
    expect(not gaps, f"{len(gaps)} gaps after {len(received)} certificates: " + "; ".join(gaps[:5]))
    server.plain("audit", "verify")
