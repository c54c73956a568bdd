"""What is installed, and where below /usr: the same tree for the tarball, the Debian package and the container."""

import gzip
import shutil
import subprocess
from pathlib import Path

from Interop.harness import ROOT, run
from Packaging import manual

# What each program brings beside itself.
DOCUMENTS = {"touchmark": ["*.md"], "touchmark-agent": ["agent.md", "boards.md", "device-tpm.md", "commands.md"]}
UNITS = {"touchmark": ["touchmark.service"], "touchmark-agent": ["agent/*.service"]}


def completions(name):
    return {
        "bash": f"share/bash-completion/completions/{name}",
        "zsh": f"share/zsh/vendor-completions/_{name}",
        "fish": f"share/fish/vendor_completions.d/{name}.fish"}


def version_of(program):
    """The version stands in the program alone (ProgramVersion), and everything else asks it."""
    return run(program, "--version").out.decode().strip()


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def install_program(program, target):
    target.parent.mkdir(parents=True)
    shutil.copyfile(program, target)
    subprocess.run(["strip", "--strip-all", target], check=True)


def lay_out(program, prefix, version, name="touchmark"):
    """Fills an empty folder."""
    target = prefix / "bin" / name
    install_program(program, target)
    for shell, place in completions(name).items():
        write(prefix / place, run(program, "--generate-completion-script", shell).out)
    for page, text in manual.pages(program, version).items():
        # Without a name and a time in its header, the same page is the same file.
        write(prefix / f"share/man/man1/{page}.gz", gzip.compress(text.encode(), 9, mtime=0))
    documents = [path for pattern in DOCUMENTS[name] for path in sorted((ROOT / "docs").glob(pattern))]
    for each in [ROOT / "LICENSE", ROOT / "NOTICE", *documents]:
        write(prefix / "share/doc" / name / each.name, each.read_bytes())
    for unit in [path for pattern in UNITS[name] for path in sorted((ROOT / "Packaging").glob(pattern))]:
        write(prefix / "lib/systemd/system" / unit.name, unit.read_bytes())
    for each in sorted(prefix.rglob("*")):
        each.chmod(0o755 if each.is_dir() or each == target else 0o644)


def needs_swift(program):
    """Libraries of Swift that it would look for on the target."""
    linked = run("ldd", program).out.decode()
    return [line.split()[0] for line in linked.splitlines() if "swift" in line.lower() or "Foundation" in line]
