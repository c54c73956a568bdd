#!/usr/bin/env python3
"""Every Swift file is as `swift format` writes it, by .swift-format. `make format` puts it right."""

import os
import subprocess
import sys

from tree import ROOT, files, root

tree = root()
swift = os.environ.get("SWIFT", "swift")
paths = [str(path) for path in files(tree, ".swift")]
if not paths:
    print("format: there is no Swift file")
    sys.exit(1)
command = [swift, "format", "lint", "--strict", "--parallel", "--configuration", str(ROOT / ".swift-format"), *paths]
sys.exit(1 if subprocess.run(command, cwd=tree).returncode else 0)
