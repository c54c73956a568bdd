"""What the checks share: which files there are, and Swift source with its comments and strings blanked."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def root():
    """The tree to look at: the project, or the one named as first argument (the checks' own tests do that)."""
    return Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT


def files(tree, *suffixes):
    """Files that are in git or would be, as paths relative to the tree, in order."""
    if (tree / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=tree, check=True, capture_output=True,
        ).stdout.decode().split("\0")
        names = {name for name in listed if name and (tree / name).is_file()}
    else:
        names = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    return sorted(Path(name) for name in names if not suffixes or name.endswith(suffixes))


def text(tree, path):
    """A file's text, or nothing where it is not UTF-8."""
    try:
        return (tree / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


# Longest first: raw and multi-line strings before plain ones. Interpolations are blanked with their string: an
# expression in there that could trap is rare, and is seen in review.
TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|#"""[\s\S]*?"""#|"""[\s\S]*?"""|#"[^\n]*?"#|"(?:\\\((?:[^()\n]|\([^()\n]*\))*\)|\\.|[^"\\\n])*"',
    re.DOTALL,
)


def blanked(source):
    """The source with comments and strings replaced by blanks; every line and column stays where it was."""
    return TOKENS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)


def finish(findings):
    """Prints the findings, and fails when there is one."""
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
