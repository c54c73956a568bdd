"""A clean Debian with systemd as its first process, in namespaces of its own: there a unit is started, not only read."""

import os
import subprocess
import time
from pathlib import Path

from Interop.harness import expect, run
from Packaging.clean_root import CleanRoot


class BootedRoot(CleanRoot):
    """The network is this machine's, so that a device outside reaches the service."""

    def __init__(self):
        super().__init__()
        self.leader = None
        self.inside("apt-get", "update", "-q")
        self.inside("apt-get", "install", "-y", "-q", "--no-install-recommends", "systemd", "systemd-sysv", "dbus")
        # systemd-nspawn mounts its own.
        run("umount", self.path / "proc")
        self.boot()

    def boot(self):
        log = open(self.folder / "boot.log", "ab")
        # Neither machined nor a service manager outside is needed: a build machine may have none.
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--directory={self.path}", "--boot", "--register=no", "--keep-unit",
             "--console=pipe", "--resolv-conf=off", "--link-journal=no"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.wait(self.is_booted, "systemd is not up")

    def is_booted(self):
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        self.leader = children[0] if children else None
        return self.leader and self.systemctl("is-system-running", code=None).out.decode().strip() in {"running", "degraded"}

    def wait(self, condition, complaint, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            expect(self.nspawn.poll() is None, f"{complaint}: systemd-nspawn ended\n{self.log()}")
            expect(time.monotonic() < deadline, f"{complaint} after {seconds} s\n{self.log()}")
            time.sleep(0.1)

    def enter(self):
        if not self.leader:
            return super().enter()
        return ["nsenter", "--target", self.leader, "--all", "--"]

    def systemctl(self, *arguments, code=0):
        return self.inside("systemctl", *arguments, code=code)

    def property(self, name, unit="touchmark"):
        return self.systemctl("show", "--value", "--property", name, unit).out.decode().strip()

    def is_ready(self):
        return self.property("ActiveState") == "active" and self.inside(
            "test", "-s", "/run/touchmark/ready.json", code=None).code == 0

    def start(self):
        self.systemctl("enable", "--now", "touchmark")
        self.wait(self.is_ready, "the service is not ready")

    def stop(self):
        if self.leader:
            self.systemctl("stop", "touchmark", code=None)

    def log(self):
        if not self.leader:
            return (self.folder / "boot.log").read_text(errors="replace")
        return self.inside("journalctl", "--unit=touchmark", "--lines=25", "--no-pager", code=None).text

    def remove(self):
        self.nspawn.terminate()
        self.nspawn.wait(60)
        self.leader = None
        # CleanRoot unmounts what it mounted.
        run("mount", "-t", "proc", "proc", self.path / "proc")
        super().remove()
