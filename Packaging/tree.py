"""What is installed, and where below /usr: the same tree for the tarball, the Debian package and the container."""

import gzip
import shutil
import subprocess
from pathlib import Path

from Interop.harness import ROOT, run
from Packaging import manual

COMPLETIONS = {
    "bash": "share/bash-completion/completions/touchmark",
    "zsh": "share/zsh/vendor-completions/_touchmark",
    "fish": "share/fish/vendor_completions.d/touchmark.fish"}


def version_of(program):
    """The version stands in the program alone (ProgramVersion), and everything else asks it."""
    return run(program, "--version").out.decode().strip()


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def install_program(program, prefix):
    target = prefix / "bin/touchmark"
    target.parent.mkdir(parents=True)
    shutil.copyfile(program, target)
    subprocess.run(["strip", "--strip-all", target], check=True)
    target.chmod(0o755)


def lay_out(program, prefix, version):
    """Fills an empty folder."""
    install_program(program, prefix)
    for shell, place in COMPLETIONS.items():
        write(prefix / place, run(program, "--generate-completion-script", shell).out)
    for name, text in manual.pages(program, version).items():
        # Without a name and a time in its header, the same page is the same file.
        write(prefix / f"share/man/man1/{name}.gz", gzip.compress(text.encode(), 9, mtime=0))
    documents = prefix / "share/doc/touchmark"
    for each in [ROOT / "LICENSE", ROOT / "NOTICE", *sorted((ROOT / "docs").glob("*.md"))]:
        write(documents / each.name, each.read_bytes())
    write(prefix / "lib/systemd/system/touchmark.service", (ROOT / "Packaging/touchmark.service").read_bytes())
    for each in sorted(prefix.rglob("*")):
        each.chmod(0o755 if each.is_dir() or each == prefix / "bin/touchmark" else 0o644)


def needs_swift(program):
    """Libraries of Swift that it would look for on the target."""
    linked = run("ldd", program).out.decode()
    return [line.split()[0] for line in linked.splitlines() if "swift" in line.lower() or "Foundation" in line]
