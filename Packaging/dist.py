"""Makes the packages from programs that were built with Swift's libraries inside.

    python3 -m Packaging.dist PROGRAM [--agent PROGRAM] [--to .build/dist]
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from Interop.harness import ROOT
from Packaging import debian, tree


def tarball(prefix, name, folder):
    """The same tree gives the same octets."""
    path = folder / f"{name}-linux-{os.uname().machine}.tar.gz"
    pack = ["tar", "--sort=name", "--mtime=@" + os.environ.get("SOURCE_DATE_EPOCH", "0"), "--owner=0", "--group=0",
            "--numeric-owner", "-C", str(prefix.parent), "-cf", "-", prefix.name]
    with open(path, "wb") as out:
        packed = subprocess.Popen(pack, stdout=subprocess.PIPE)
        subprocess.run(["gzip", "-9n"], stdin=packed.stdout, stdout=out, check=True)
        if packed.wait():
            raise SystemExit("tar failed")
    return path


def pack(program, folder, version, name):
    """A tarball, and where dpkg is, a Debian package; their paths."""
    swift = tree.needs_swift(program)
    if swift:
        raise SystemExit(f"{program} would need {', '.join(swift)} on the target: build it with --static-swift-stdlib")
    with tempfile.TemporaryDirectory() as scratch:
        prefix = Path(scratch) / f"{name}-{version}"
        tree.lay_out(program, prefix, version, name)
        made = [tarball(prefix, prefix.name, folder)]
        if shutil.which("dpkg-deb"):
            made.append(debian.build(program, prefix, version, folder, name))
    return made


def make(program, folder, version=None, agent=None):
    """Returns the paths of all that was made, the server's first."""
    version = version or tree.version_of(program)
    folder.mkdir(parents=True, exist_ok=True)
    made = pack(program, folder, version, "touchmark")
    if agent:
        made += pack(agent, folder, version, "touchmark-agent")
    shutil.copyfile(ROOT / "Packaging/Containerfile", folder / "Containerfile")
    return [*made, folder / "Containerfile"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=Path)
    parser.add_argument("--agent", type=Path, help="the device's program, which gets a package of its own")
    parser.add_argument("--to", type=Path, default=ROOT / ".build/dist")
    parser.add_argument("--version", help="for a trial of an upgrade: another than the program's own")
    options = parser.parse_args()
    for path in make(
            options.program.resolve(), options.to.resolve(), options.version,
            options.agent and options.agent.resolve()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{digest}  {path.name}  ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
