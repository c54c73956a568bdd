#!/usr/bin/env python3
"""Writes the manifest of a package that holds Enrollment's tests and the rooms below them alone: a third of the whole build.

    scripts/coverage_package.py FOLDER
"""

import re
import sys
from pathlib import Path

ROOMS = ["WireFormats", "Credentials", "KeyCustody", "AuditLog", "Approval", "Registry", "Issuance", "Enrollment"]
PACKAGES = ["swift-crypto", "GRDB.swift", "Yams"]


def one(pattern, text):
    found = re.search(pattern, text, re.S)
    if not found:
        raise SystemExit(f"coverage: Package.swift has nothing like {pattern}")
    return found[0]


def main(folder):
    root = Path(__file__).resolve().parent.parent
    text = (root / "Package.swift").read_text()
    head = text[:text.index("let package = Package(")]
    packages = [one(rf'    \.package\(url: "[^"]*/{re.escape(name)}"[^\n]*\n', text) for name in PACKAGES]
    targets = [one(rf'    room\(\s*"{name}".*?\),\n', text) for name in ROOMS]
    targets += [one(r'    \.target\(\s*name: "TestKit".*?swiftSettings: settings\),\n', text),
                one(r'    tests\(\s*"EnrollmentTests".*?\]\),\n', text)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Package.swift").write_text(
        f'{head}let package = Package(\n  name: "touchmark",\n  platforms: [.macOS(.v15)],\n'
        f'  dependencies: [\n{"".join(packages)}  ],\n  targets: [\n{"".join(targets)}  ]\n)\n')
    for name in ["Sources", "Tests"]:
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(root / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
