#!/usr/bin/env python3
"""Every link in a Markdown file that stays in the project leads somewhere: the file is there, and so is the heading."""

import re
from urllib.parse import unquote

from tree import files, finish, root, text

LINK = re.compile(r"(?<!\!)\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?[^)\n]*\)|!\[[^\]\n]*\]\(\s*([^)\s]+)\s*\)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)


def without_fences(source):
    return FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)


def anchors(source):
    """Headings as GitHub makes anchors of them."""
    seen = {}
    for heading in HEADING.findall(without_fences(source)):
        plain = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", lambda match: match.group(1) or "", heading)
        name = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        count = seen[name] = seen.get(name, -1) + 1
        yield name if count == 0 else f"{name}-{count}"


def look(tree):
    for path in files(tree, ".md"):
        source = without_fences(text(tree, path))
        for match in LINK.finditer(source):
            target = unquote(match.group(1) or match.group(2))
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            line = source.count("\n", 0, match.start()) + 1
            name, _, anchor = target.partition("#")
            there = (tree / path.parent / name) if name else tree / path
            if not there.exists():
                yield f"{path}:{line}: {target} leads nowhere"
            elif anchor and there.suffix == ".md" and anchor not in set(anchors(there.read_text(encoding="utf-8"))):
                yield f"{path}:{line}: {target}: there is no such heading"


finish(list(look(root())))
