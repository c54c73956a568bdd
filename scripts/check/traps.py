#!/usr/bin/env python3
"""No trap in Sources: no force unwrap, no try!, no as!, nothing that ends the process on purpose.

A line that cannot do without says why in a comment on the same line, `// no-trap: why`.
"""

import re

from tree import blanked, files, finish, root, text

TRAPS = [
    (re.compile(r"\btry!"), "try!"),
    (re.compile(r"\bas!"), "as!"),
    (re.compile(r"\b(?:fatalError|preconditionFailure|precondition|assertionFailure|assert)\s*\("), "a deliberate stop"),
    (re.compile(r"\bunsafelyUnwrapped\b|\bunowned\(unsafe\)"), "an unchecked unwrap"),
    # A value's end, then `!`, and not `!=` with a space before it or after it.
    (re.compile(r"(?<=[\w)\]>}`?])!(?!=)"), "a force unwrap"),
]
EXCUSE = re.compile(r"//\s*no-trap:\s*\S.{7,}")


def look(tree):
    for path in files(tree, ".swift"):
        if path.parts[0] != "Sources":
            continue
        source = text(tree, path)
        lines = source.split("\n")
        for number, line in enumerate(blanked(source).split("\n"), 1):
            if EXCUSE.search(lines[number - 1]):
                continue
            found = [name for pattern, name in TRAPS if pattern.search(line)]
            # `try!` ends in what looks like a force unwrap; the first name is the better one.
            if found:
                yield f"{path}:{number}: {found[0]}"


finish(list(look(root())))
