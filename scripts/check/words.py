#!/usr/bin/env python3
"""Words that do not belong in the project: paths of somebody's machine, unfinished business, secrets left lying."""

import re

from tree import files, finish, root, text

# The patterns are put together from parts, so that this file does not find itself.
FORBIDDEN = [
    (re.compile(r"(?<![\w.)}$-])/(?:ro" + r"ot|ho" + r"me/\w+|Us" + r"ers/\w+|wo" + r"rk|w" + r"t)/"), "a machine's own path"),
    (re.compile(r"\b(?:FIX" + r"ME|XX" + r"X\b|HA" + r"CK\b|TO" + r"DO\b)"), "unfinished business: do it, or open an issue"),
    (re.compile(r"-----BEGIN (?:EC |RSA |ENCRYPTED )?PRIV" + r"ATE KEY-----\n[A-Za-z0-9+/]"), "a private key"),
]
# The license's own text, and test vectors, which are made to hold keys.
EXEMPT = re.compile(r"^(LICENSE$|Tests/.*/(Vectors|Fixtures)/|Fuzz/Corpus/)")


def look(tree):
    for path in files(tree):
        if EXEMPT.match(str(path)):
            continue
        source = text(tree, path)
        for pattern, what in FORBIDDEN:
            for match in pattern.finditer(source):
                line = source.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: {what}: {match.group().strip()[:40]}"


finish(list(look(root())))
