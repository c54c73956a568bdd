#!/usr/bin/env python3
"""Reports files and functions that want a second look (over 400 and 40 lines), and refuses what is far beyond.

The numbers for a second look are examples from well-regarded code, not limits, so they are reported only. Past 630
lines a file, or 90 a function, an argument is owed: a line `path[:function] -- why` in scripts/check/sizes.allow.
"""

import re

from tree import blanked, files, finish, root, text

LOOK_FILE, LOOK_FUNCTION = 400, 40
MOST_FILE, MOST_FUNCTION = 630, 90
FUNCTION = re.compile(r"\b(?:func\s+([^\s(<]+)|(init|deinit|subscript)\b(?=[?!]?[\s<({]))")


def allowed(tree):
    path = tree / "scripts/check/sizes.allow"
    lines = path.read_text().splitlines() if path.exists() else []
    return {line.split(" -- ")[0].strip() for line in lines if " -- " in line and not line.startswith("#")}


def body(source, start):
    """The span of the body's braces after a declaration, or nothing where there is no body (a protocol's)."""
    depth, opening, index = 0, None, start
    while index < len(source):
        character = source[index]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "{" and depth == 0:
            opening = index
            break
        elif character == "}" and depth <= 0:
            return None
        elif character == "\n" and depth == 0 and re.match(r"\s*(?:\}|func |init|var |let |$)", source[index + 1:index + 40]):
            if not re.match(r"\s*(?:\{|async|throws|where|->|rethrows)", source[index + 1:index + 60]):
                return None
        index += 1
    if opening is None:
        return None
    depth = 0
    for index in range(opening, len(source)):
        if source[index] == "{":
            depth += 1
        elif source[index] == "}":
            depth -= 1
            if depth == 0:
                return opening, index
    return None


def functions(source):
    for match in FUNCTION.finditer(source):
        span = body(source, match.end())
        if span:
            lines = source.count("\n", match.start(), span[1]) + 1
            yield match.group(1) or match.group(2), source.count("\n", 0, match.start()) + 1, lines


def look(tree):
    argued, longest, report = allowed(tree), [], []
    for path in files(tree, ".swift"):
        if path.parts[0] not in ("Sources", "Tests"):
            continue
        source = blanked(text(tree, path))
        count = source.count("\n") + 1
        if count > LOOK_FILE:
            report.append(f"sizes: {path}: {count} lines")
        if count > MOST_FILE and str(path) not in argued:
            yield f"{path}: {count} lines: split it, or argue it in scripts/check/sizes.allow"
        for name, line, lines in functions(source):
            longest.append(lines)
            if lines > LOOK_FUNCTION:
                report.append(f"sizes: {path}:{line}: {name} has {lines} lines")
            if lines > MOST_FUNCTION and f"{path}:{name}" not in argued:
                yield f"{path}:{line}: {name} has {lines} lines: split it, or argue it in scripts/check/sizes.allow"
    print("\n".join(report + [f"sizes: {len(longest)} functions, {len(report)} to look at again"]))


finish(list(look(root())))
