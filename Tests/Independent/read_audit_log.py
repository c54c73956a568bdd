"""Reads an exported audit log after docs/audit.md, without any of Touchmark's code.

usage: read_audit_log.py LEAVES.jsonl CHECKPOINTS   (signed notes, separated by NUL)

It checks leaves, canonical form and roots; signatures need Ed25519, which Python's library lacks.
"""
import base64
import hashlib
import json
import sys


def sha256(octets):
    return hashlib.sha256(octets).digest()


def root(leaves):
    """RFC 6962 section 2.1, as it reads."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:]))


def canonical(entry):
    # RFC 8785 for objects of strings; Python sorts by code point, which is the same below U+E000.
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def main(leaves_path, checkpoints_path):
    problems, leaves, erased = [], [], 0
    for place, line in enumerate(open(leaves_path, encoding="utf-8")):
        row = json.loads(line)
        digest = bytes.fromhex(row["digest"])
        leaves.append(digest)
        if row["index"] != place:
            problems.append(f"entry {row['index']} stands at {place}")
        if row["entry"] is None and row["salt"] is None:
            erased += 1
            continue
        entry = base64.b64decode(row["entry"])
        if sha256(b"touchmark/audit/v1\n" + bytes.fromhex(row["salt"]) + entry) != digest:
            problems.append(f"entry {place} was changed")
        if canonical(json.loads(entry)) != entry:
            problems.append(f"entry {place} is not canonical")
    agreed = 0
    notes = open(checkpoints_path, encoding="utf-8", newline="\n").read().split("\0")
    for note in filter(None, notes):
        origin, size, expected = note.split("\n\n")[0].split("\n")[:3]
        assert origin.startswith("touchmark/"), origin
        if root(leaves[: int(size)]) == base64.b64decode(expected) and int(size) <= len(leaves):
            agreed += 1
        else:
            problems.append(f"checkpoint over {size} disagrees")
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(leaves)} entries, {erased} erased, {agreed} checkpoints, root {root(leaves).hex()}")
    return 1 if problems else 0


sys.exit(main(sys.argv[1], sys.argv[2]))
