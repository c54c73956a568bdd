#!/usr/bin/env python3
"""Line coverage by folder, from `llvm-cov export -summary-only` on standard input."""

import json
import sys


def main(folders):
    files = json.load(sys.stdin)["data"][0]["files"]
    print(f"{'folder':36} {'lines':>6} {'reached':>8} {'%':>6}")
    for folder in folders:
        found = [each["summary"]["lines"] for each in files if f"/Sources/{folder}/" in each["filename"]]
        lines, reached = sum(each["count"] for each in found), sum(each["covered"] for each in found)
        if not lines:
            raise SystemExit(f"coverage: nothing was compiled from {folder}")
        print(f"{folder:36} {lines:6} {reached:8} {100 * reached / lines:6.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
