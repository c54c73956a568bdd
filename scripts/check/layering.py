#!/usr/bin/env python3
"""Arrows between rooms point down only, and HTTP, sockets and the database stay in their rooms.

The compiler refuses an import of a target that is not declared; this refuses the declaration, and the import of a
package where it has no business.
"""

import re

from tree import blanked, files, finish, root, text

# A room may import the rooms in its row, as DESIGN's picture has them.
ROOMS = {
    "WireFormats": set(),
    "Credentials": {"WireFormats"},
    "KeyCustody": {"WireFormats", "Credentials"},
    "CPKCS11": set(),
    "PKCS11": {"WireFormats", "Credentials", "CPKCS11"},
    "TokenCustody": {"WireFormats", "Credentials", "KeyCustody", "CPKCS11", "PKCS11"},
    "Attestation": {"WireFormats", "Credentials"},
    "AuditLog": {"WireFormats"},
    "Approval": {"WireFormats", "Credentials", "AuditLog"},
    "Registry": {"WireFormats", "Credentials", "AuditLog"},
    "Issuance": {"WireFormats", "Credentials", "KeyCustody", "AuditLog", "Approval", "Registry"},
    "Enrollment": {"WireFormats", "Credentials", "Attestation", "Registry", "Issuance"},
    "Appraisal": {
        "WireFormats", "Credentials", "KeyCustody", "Attestation", "AuditLog", "Registry", "Issuance",
    },
    "Status": {"WireFormats", "Credentials", "KeyCustody", "Registry", "Issuance"},
    "Watching": {"WireFormats", "Credentials", "KeyCustody", "AuditLog", "Registry", "Issuance"},
    "AdministrationAPI": set(),
    "DeviceFormats": set(),
    "DeviceLibrary": set(),
    "DeviceTPM": set(),
    "DeviceClient": {"WireFormats", "Credentials"},
    "DeviceAgent": {
        "WireFormats", "Credentials", "AuditLog", "Approval", "CPKCS11", "PKCS11", "DeviceTPM", "DeviceClient",
    },
    "touchmark-agent": {"WireFormats", "Credentials", "DeviceClient", "DeviceAgent"},
    "WebService": {
        "WireFormats", "Credentials", "KeyCustody", "AuditLog", "Registry", "Issuance", "Appraisal", "Enrollment",
        "Status", "Watching", "AdministrationAPI",
    },
    "touchmark": {
        "WireFormats", "Credentials", "KeyCustody", "PKCS11", "TokenCustody", "AuditLog", "Approval", "Registry", "Issuance",
        "Enrollment", "Status", "Watching", "AdministrationAPI", "WebService",
    },
}

# What a device carries. The lowest serve both sides.
SMALL = {
    "WireFormats", "Credentials", "AuditLog", "Approval", "PKCS11", "DeviceTPM", "DeviceClient", "DeviceAgent",
    "touchmark-agent",
}

# What may be imported only under these paths. `touchmark` is a client too, so it has sockets, and it wires the store;
# `Watching` asks and tells systems outside; a device's agent has its connections.
CONFINED = [
    (re.compile(r"(Hummingbird|HTTPTypes|NIOHTTPTypes)\w*$"), ("Sources/WebService/",)),
    (re.compile(r"_?NIO\w*$"), (
        "Sources/WebService/", "Sources/touchmark/", "Sources/Watching/Outgoing/", "Sources/DeviceAgent/Connection/")),
    (re.compile(r"AsyncHTTPClient$"), ("Sources/touchmark/", "Sources/Watching/Outgoing/")),
    (re.compile(r"(GRDB\w*|SQLite3?|CSQLite)$"), ("Sources/Registry/SQLite/",)),
    (re.compile(r"Yams$"), ("Sources/Issuance/", "Sources/touchmark/")),
    (re.compile(r"ArgumentParser$"), ("Sources/touchmark/", "Sources/touchmark-agent/")),
    # A device's side stays small: no Foundation but its essentials, which come with the packages.
    (re.compile(r"Foundation$"), tuple(f"Sources/{name}/" for name in sorted(set(ROOMS) - SMALL))),
]

IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?"
    r"import[ \t]+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)[ \t]+)?(\w+)",
    re.MULTILINE,
)


def look(tree):
    for path in files(tree, ".swift"):
        if path.parts[0] != "Sources" or len(path.parts) < 3:
            continue
        room = path.parts[1]
        if room not in ROOMS:
            yield f"{path}: {room} is a room that scripts/check/layering.py does not know"
            continue
        source = blanked(text(tree, path))
        for match in IMPORT.finditer(source):
            name = match.group(1)
            line = source.count("\n", 0, match.start(1)) + 1
            if name in ROOMS and name not in ROOMS[room]:
                yield f"{path}:{line}: {room} imports {name}: arrows point down only"
            for pattern, allowed in CONFINED:
                if pattern.match(name) and not str(path).startswith(allowed):
                    yield f"{path}:{line}: {name} is imported outside {' and '.join(allowed)}"


finish(list(look(root())))
