#!/usr/bin/env python3
"""Shows that each check passes what is right and fails on what is wrong. A check that cannot fail checks nothing."""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SWIFT = "Sources/{}.swift"

# check, what it is about, the files of a tree, whether the check must refuse them
CASES = [
    ("format", "well formed", {"Sources/A/a.swift": "let value = [1, 2]\n"}, False),
    ("format", "bad spacing", {"Sources/A/a.swift": "let value=[1,2]\n"}, True),
    ("format", "wrong indentation", {"Sources/A/a.swift": "struct A {\n    let a = 1\n}\n"}, True),
    ("format", "no file at all", {"README.md": "empty\n"}, True),
    ("layering", "downwards", {"Sources/Issuance/a.swift": "import Registry\n"}, False),
    ("layering", "upwards", {"Sources/Credentials/a.swift": "import Registry\n"}, True),
    ("layering", "upwards, one noun", {"Sources/Registry/a.swift": "import struct Issuance.Issued\n"}, True),
    ("layering", "upwards, with access", {"Sources/Status/a.swift": "public import WebService\n"}, True),
    ("layering", "an unknown room", {"Sources/Helpers/a.swift": "\n"}, True),
    ("layering", "HTTP in its room", {"Sources/WebService/a.swift": "import Hummingbird\n"}, False),
    ("layering", "HTTP outside", {"Sources/Enrollment/a.swift": "import HummingbirdCore\n"}, True),
    ("layering", "sockets outside", {"Sources/Status/a.swift": "@preconcurrency import NIOSSL\n"}, True),
    ("layering", "database in its folder", {"Sources/Registry/SQLite/a.swift": "import GRDB\n"}, False),
    ("layering", "database beside it", {"Sources/Registry/a.swift": "import GRDB\n"}, True),
    ("layering", "in a comment", {"Sources/Credentials/a.swift": "// import GRDB\n"}, False),
    ("sizes", "a home-sized file", {"Sources/A/a.swift": "let a = 1\n" * 90}, False),
    ("sizes", "reported only", {"Sources/A/a.swift": "let a = 1\n" * 450}, False),
    ("sizes", "a huge file", {"Sources/A/a.swift": "let a = 1\n" * 700}, True),
    ("sizes", "a huge function", {"Sources/A/a.swift": "func a(_ b: [Int]) {\n" + "  use()\n" * 100 + "}\n"}, True),
    ("sizes", "a huge initializer", {"Sources/A/a.swift": "struct A {\n  init() {\n" + "    use()\n" * 100 + "  }\n}\n"}, True),
    ("sizes", "a huge file, argued", {
        "Sources/A/a.swift": "let a = 1\n" * 700,
        "scripts/check/sizes.allow": "Sources/A/a.swift -- a table from a standard\n",
    }, False),
    ("links", "a file and a heading", {
        "a.md": "[b](b.md#a-heading)\n[there](https://example.org/x)\n", "b.md": "# `A` heading\n",
    }, False),
    ("links", "no such file", {"a.md": "see [b](docs/b.md)\n"}, True),
    ("links", "no such heading", {"a.md": "[b](b.md#gone)\n", "b.md": "# Here\n"}, True),
    ("links", "no such picture", {"a.md": "![b](b.svg)\n"}, True),
    ("links", "in a fence", {"a.md": "```\n[b](gone.md)\n```\n"}, False),
    ("traps", "none", {"Sources/A/a.swift": "let a = b != c && !d // try! said nobody\nlet s = \"no!\"\n"}, False),
    ("traps", "force unwrap", {"Sources/A/a.swift": "let a = b.first!\n"}, True),
    ("traps", "force unwrap of a call", {"Sources/A/a.swift": "let a = b()!.c\n"}, True),
    ("traps", "force unwrap of a subscript", {"Sources/A/a.swift": "let a = b[0]!\n"}, True),
    ("traps", "try!", {"Sources/A/a.swift": "let a = try! b()\n"}, True),
    ("traps", "as!", {"Sources/A/a.swift": "let a = b as! C\n"}, True),
    ("traps", "fatalError", {"Sources/A/a.swift": "func a() { fatalError(\"no\") }\n"}, True),
    ("traps", "precondition", {"Sources/A/a.swift": "func a() { precondition(b > 0) }\n"}, True),
    ("traps", "argued", {"Sources/A/a.swift": "let a = b! // no-trap: a literal, tested\n"}, False),
    ("traps", "in a test", {"Tests/A/a.swift": "let a = b!\n"}, False),
    ("words", "nothing", {"a.md": "DIR/ro" + "ot/ and \\(data)/ro" + "ot/header, /etc/touchmark\n"}, False),
    ("words", "a machine's path", {"a.md": "see /ro" + "ot/x\n"}, True),
    ("words", "another", {"a.sh": "cd /ho" + "me/somebody/x\n"}, True),
    ("words", "unfinished", {"Sources/A/a.swift": "// TO" + "DO: later\n"}, True),
    ("words", "a private key", {"a.txt": "-----BEGIN PRIV" + "ATE KEY-----\nMIGH\n"}, True),
]


def refuses(check, contents):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in contents.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        run = subprocess.run([sys.executable, HERE / f"{check}.py", folder], capture_output=True, text=True)
        # A check that crashed has not refused anything.
        if run.returncode not in (0, 1) or "Traceback" in run.stderr:
            raise SystemExit(f"{check} crashed: {run.stderr}")
        return run.returncode == 1


def main():
    wrong = [
        f"check-test: {check}: {title}: {'passed' if expected else 'refused'}, and must not be"
        for check, title, contents, expected in CASES
        if refuses(check, contents) != expected
    ]
    print("\n".join(wrong + [f"check-test: {len(CASES) - len(wrong)} of {len(CASES)} as they should be"]))
    sys.exit(1 if wrong else 0)


main()
