"""A Debian as debootstrap leaves it, with the package and nothing of the build machine in it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from Interop.harness import ROOT, Failure, expect, free_ports, run

SUITE = os.environ.get("SUITE", "bookworm")
MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")
DATA = "/var/lib/touchmark/data"


def base():
    """debootstrap's result, kept as an archive: it is the slow part, and none of what is measured."""
    archive = ROOT / f".build/package-root-{SUITE}.tar"
    if archive.exists():
        return archive
    folder = tempfile.mkdtemp(prefix="touchmark-debootstrap-")
    print(f"debootstrap {SUITE} from {MIRROR}", flush=True)
    run("debootstrap", "--variant=minbase", SUITE, folder, MIRROR, seconds=1800)
    run("tar", "-C", folder, "-cf", archive.with_suffix(".part"), ".")
    archive.with_suffix(".part").rename(archive)
    shutil.rmtree(folder)
    return archive


class CleanRoot:
    """One such root. What the server and the administrator do runs inside; the device is curl and openssl outside."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="touchmark-package-"))
        self.folder = Path(tempfile.mkdtemp(prefix="touchmark-package-device-"))
        run("tar", "-C", self.path, "-xf", base())
        # A temporary folder is its maker's alone; a root is everybody's.
        self.path.chmod(0o755)
        # debootstrap made the devices. `make package-test` runs in a mount namespace of its own.
        run("mount", "-t", "proc", "proc", self.path / "proc")
        shutil.copyfile("/etc/resolv.conf", self.path / "etc/resolv.conf")
        self.process = None
        self.root = self.path / DATA.lstrip("/") / "root.pem"
        https, http = free_ports(2)
        self.listen = ["--listen-https", f"127.0.0.1:{https}", "--listen-http", f"127.0.0.1:{http}"]
        self.https, self.http = f"https://127.0.0.1:{https}", f"http://127.0.0.1:{http}"

    def inside(self, *command, code=0, seconds=600):
        environment = {"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        return run(
            "env", "-i", *[f"{name}={value}" for name, value in environment.items()], *self.enter(), *command,
            code=code, seconds=seconds)

    def enter(self):
        return ["chroot", self.path]

    def install(self, package, *options):
        shutil.copyfile(package, self.path / "var/tmp" / package.name)
        return self.inside("apt-get", "install", "-y", "-q", "--no-install-recommends", *options, f"/var/tmp/{package.name}")

    def touchmark(self, *arguments, code=0):
        """As the service's own user, as the unit does it."""
        return self.inside("runuser", "-u", "touchmark", "--", "touchmark", *arguments, "--data", DATA, code=code)

    def command(self, *arguments):
        return json.loads(self.touchmark(*arguments, "-o", "json").out)

    def add_device(self, serial, profile="operational"):
        return self.command("device", "add", serial, "--profile", profile)

    def serials(self):
        return {each["serial"] for each in self.command("device", "list")}

    def start(self):
        log = open(self.folder / "server.log", "ab")
        self.inside("install", "-o", "touchmark", "-d", "/run/touchmark")
        ready = self.path / "run/touchmark/ready.json"
        ready.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["chroot", self.path, "runuser", "-u", "touchmark", "--", "touchmark", "serve", "--data", DATA,
             "--ready-file", "/run/touchmark/ready.json"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while not ready.exists():
            expect(self.process.poll() is None, f"the server ended at its start\n{self.log()}")
            expect(time.monotonic() < deadline, f"the server is not ready after 60 s\n{self.log()}")
            time.sleep(0.02)

    def stop(self):
        if self.process is None:
            return
        # runuser does not hand a signal on; its whole session, which is the server's alone, gets it.
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)
        self.process = None

    def log(self):
        path = self.folder / "server.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-25:]) if path.exists() else ""

    def remove(self):
        with contextlib.suppress(Failure, ProcessLookupError, subprocess.TimeoutExpired):
            self.stop()
        run("umount", self.path / "proc")
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
