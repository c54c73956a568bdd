"""The container's recipe, built and run by podman over a base that debootstrap made: nobody's registry is asked.

What is written for podman here is what a build machine may lack (a service manager, cgroups of its own, room for limits),
and nothing that changes what the container sees.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from Interop.harness import expect, free_ports, run
from Packaging.clean_root import base

# The name that the recipe begins FROM.
BASE = "docker.io/library/debian:bookworm-slim"


class Container:
    """One image and one volume, in a store of their own. What a device is lies outside."""

    def __init__(self, dist, version):
        self.path = Path(tempfile.mkdtemp(prefix="touchmark-container-"))
        self.folder = Path(tempfile.mkdtemp(prefix="touchmark-container-device-"))
        self.root = None
        https, http = free_ports(2)
        self.listen = ["--listen-https", f"127.0.0.1:{https}", "--listen-http", f"127.0.0.1:{http}"]
        self.https, self.http = f"https://127.0.0.1:{https}", f"http://127.0.0.1:{http}"
        self.process = None
        self.build(dist, version)

    def podman(self, *arguments, seconds=600):
        return run("podman", *self.store(), *arguments, seconds=seconds)

    def store(self):
        return ["--root", self.path / "store", "--runroot", self.path / "run", "--storage-driver", "vfs",
                "--cgroup-manager", "cgroupfs", "--events-backend", "file"]

    def build(self, dist, version):
        # crun takes either form of cgroups and not both; the mount namespace is this trial's own.
        if Path("/sys/fs/cgroup/unified").is_mount():
            run("umount", "/sys/fs/cgroup/unified")
        self.podman("import", "--quiet", base(), BASE)
        self.podman(
            "build", "--quiet", "--pull=never", "--isolation=chroot", "--network=host", "--build-arg",
            f"VERSION={version}", "-t", "touchmark", "-f", "Containerfile", dist)
        user = self.podman("inspect", "--format", "{{.Config.User}}", "touchmark").out.decode().strip()
        expect(user == "touchmark", f"the image's user is {user!r}")

    def command_line(self, *arguments, options=()):
        return [
            *self.store(), "run", "--rm", "--network=host", "--cgroups=disabled", "--ulimit", "nofile=4096:4096", "--ulimit",
            "nproc=1024:1024", "--read-only", "--volume", "touchmark:/var/lib/touchmark", *options, "touchmark", *arguments]

    def touchmark(self, *arguments):
        return run("podman", *self.command_line(*arguments), seconds=120)

    def found(self):
        self.touchmark("init", "--organization", "Container", *self.listen)
        volume = self.podman("volume", "inspect", "--format", "{{.Mountpoint}}", "touchmark").out.decode().strip()
        self.root = Path(volume) / "data/root.pem"

    def start(self):
        log = open(self.folder / "server.log", "ab")
        command = ["podman", *self.command_line(options=["--name", "touchmark"])]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while run("curl", "-s", f"{self.http}/healthz", code=None).code:
            expect(self.process.poll() is None, f"the container ended at its start\n{self.log()}")
            expect(time.monotonic() < deadline, f"the container is not ready after 60 s\n{self.log()}")
            time.sleep(0.1)

    def add_device(self, serial, profile="operational"):
        return json.loads(self.touchmark("device", "add", serial, "--profile", profile, "-o", "json").out)

    def stop(self):
        """As an orchestrator does: the recipe's signal, and its patience."""
        self.podman("stop", "--time", "60", "touchmark")
        expect(self.process.wait(60) == 0, f"the container's exit code is {self.process.returncode}\n{self.log()}")
        self.process = None

    def log(self):
        return "\n".join((self.folder / "server.log").read_text(errors="replace").splitlines()[-25:])

    def remove(self):
        if self.process is not None:
            with contextlib.suppress(Exception):
                self.stop()
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
