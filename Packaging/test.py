"""The Debian package on clean Debians: from package to first enrolled device, upgrade, downgrade, removal.

    python3 -m Packaging.test [--previous FILE.deb]     as root

Without an earlier package, one is made from the same program with a lower version: that tries what packages do to
files, services and data, and not a change of schema, which is then tried by a mark of a migration from the future.
"""

import argparse
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from Interop.harness import ROOT, enroll, expect, expect_equal, run
from Packaging import dist, tree
from Packaging.booted_root import BootedRoot
from Packaging.clean_root import DATA, CleanRoot
from Packaging.container import Container

FIRST_DEVICE_SECONDS = 60


def founded(root, package):
    root.install(package)
    root.touchmark("init", "--organization", "Package", *root.listen)
    root.start()


def verified(root, device):
    run("openssl", "verify", "-CAfile", root.root, "-untrusted", device.chain, device.certificate)


def case_first_device(current, _):
    """from package to first enrolled device on a machine without Swift"""
    root = CleanRoot()
    try:
        expect(root.inside("sh", "-c", "command -v swift", code=None).code != 0, "there is a Swift in the clean root")
        root.inside("apt-get", "update", "-q")
        began = time.monotonic()
        founded(root, current)
        device = enroll(root, "PACKAGE-1")
        took = time.monotonic() - began
        verified(root, device)
        expect(took <= FIRST_DEVICE_SECONDS, f"{took:.1f} s from package to first device")
        expect_equal(root.touchmark("audit", "verify").code, 0, "audit verify")
        check_files(root)
        return f"{took:.1f} s from package to first enrolled device"
    finally:
        root.remove()


def check_files(root):
    """Pages for every command, completions that their shells can read, a service that nothing can climb out of."""
    pages = sorted((root.path / "usr/share/man/man1").glob("touchmark*.1.gz"))
    expect(len(pages) > 30, f"only {len(pages)} man pages")
    check_completions(root, "touchmark")
    for page in pages:
        warned = run("man", "--warnings", "-l", page, env={"MANPAGER": "cat", "MANROFFSEQ": ""}).err
        expect(not warned.strip(), f"{page.name}: {warned.decode()}")
    unit = root.path / "usr/lib/systemd/system/touchmark.service"
    check_unit(root, unit)
    # 20 of 100: what is left is the network, which a server needs.
    run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)
    owner = run("stat", "-c", "%a", root.path / DATA.lstrip("/")).out.decode().strip()
    expect_equal(owner, "700", "mode of the data folder")


def check_unit(root, unit, name="touchmark"):
    """Each setting is one that systemd knows, and the program that it starts is there. The clean root has no systemd:
    this machine's own units stand around the package's."""
    with tempfile.TemporaryDirectory(prefix="touchmark-unit-") as folder:
        units, program = Path(folder) / "usr/lib/systemd/system", Path(folder) / "usr/bin" / name
        shutil.copytree("/usr/lib/systemd/system", units, symlinks=True)
        program.parent.mkdir()
        for each, place in ((unit, units / unit.name), (root.path / "usr/bin" / name, program)):
            shutil.copy(each, place)
        checked = run("systemd-analyze", "verify", "--man=no", f"--root={folder}", unit.name)
        expect(not checked.text.strip(), f"systemd-analyze verify says: {checked.text}")


def check_completions(root, name):
    """Read by the shells that they are for. What a shell of the clean root needs is installed after what was timed."""
    places = tree.completions(name)
    run("bash", "-n", root.path / "usr" / places["bash"])
    root.inside("apt-get", "install", "-y", "-q", "--no-install-recommends", "zsh", "fish")
    root.inside("zsh", "-n", "/usr/" + places["zsh"])
    root.inside("fish", "--no-execute", "/usr/" + places["fish"])


AGENT_DATA = "/var/lib/touchmark-agent"


def case_agent(current, _):
    """the device's package on a machine without Swift: enrolls, renews, and leaves the device's identity behind"""
    root = CleanRoot()
    try:
        root.inside("apt-get", "update", "-q")
        founded(root, current)
        # Beside the server here; a package of its own.
        root.install(agent_package(current))
        added = root.add_device("AGENT-1")
        (root.path / "tmp/secret").write_text(added["secret"] + "\n")
        host = added["url"].removeprefix("https://")
        root.inside(
            "touchmark-agent", "enroll", f"https://AGENT-1@{host}#sha256:{added['root_sha256']}", "--secret-file",
            "/tmp/secret")
        status = root.inside("touchmark-agent", "status").text
        expect("AGENT-1: valid" in status, f"the agent's status: {status}")
        root.inside("touchmark-agent", "renew", "--now")
        expect_equal(len(root.command("device", "show", "AGENT-1")["certificates"]), 2, "certificates after a renewal")
        check_agent_files(root)
        root.inside("apt-get", "purge", "-y", "-q", "touchmark-agent")
        kept = root.path / AGENT_DATA.lstrip("/") / "current/cert.pem"
        expect(kept.exists(), "a purge removed the device's identity")
        size = (agent_package(current).stat().st_size) / 1e6
        return f"{size:.1f} MB; a purge leaves the device's identity"
    finally:
        root.remove()


def agent_package(current):
    return current.with_name(current.name.replace("touchmark_", "touchmark-agent_", 1))


def check_agent_files(root):
    pages = sorted((root.path / "usr/share/man/man1").glob("touchmark-agent*.1.gz"))
    expect(len(pages) > 5, f"only {len(pages)} man pages of the agent")
    check_completions(root, "touchmark-agent")
    units = root.path / "usr/lib/systemd/system"
    for name in ("touchmark-agent.service", "touchmark-agent-crl@.service"):
        check_unit(root, units / name, "touchmark-agent")
        run("systemd-analyze", "security", "--offline=true", "--threshold=25", units / name)
    owner = run("stat", "-c", "%a", root.path / AGENT_DATA.lstrip("/")).out.decode().strip()
    expect_equal(owner, "700", "mode of the device's folder")


def case_upgrade_and_downgrade(current, previous):
    """the previous package's data under this one, and back where the schema is the same"""
    root = CleanRoot()
    try:
        root.inside("apt-get", "update", "-q")
        founded(root, previous)
        enroll(root, "BEFORE-1")
        root.stop()
        migrations = schema(root)
        root.install(current)
        root.start()
        expect_equal(root.serials(), {"BEFORE-1"}, "devices after the upgrade")
        verified(root, enroll(root, "AFTER-1"))
        expect_equal(root.touchmark("audit", "verify").code, 0, "audit verify after the upgrade")
        root.stop()
        newer = schema(root) - migrations
        root.install(previous, "--allow-downgrades")
        if newer:
            refused(root)
            root.install(current)
        root.start()
        expect_equal(root.serials(), {"BEFORE-1", "AFTER-1"}, "devices after the downgrade")
        return f"schema {'grew by ' + ', '.join(sorted(newer)) + ': downgrade refused' if newer else 'the same'}"
    finally:
        root.remove()


def case_newer_schema(current, _):
    """a store that a later version wrote is refused in so many words, and is left as it was"""
    root = CleanRoot()
    try:
        root.inside("apt-get", "update", "-q")
        founded(root, current)
        enroll(root, "KEPT-1")
        root.stop()
        with store(root) as database:
            database.execute("INSERT INTO grdb_migrations (identifier) VALUES ('9999')")
        refused(root)
        with store(root) as database:
            database.execute("DELETE FROM grdb_migrations WHERE identifier = '9999'")
        root.start()
        expect_equal(root.serials(), {"KEPT-1"}, "devices after the refusal")
        root.stop()
        root.inside("apt-get", "purge", "-y", "-q", "touchmark")
        expect((root.path / DATA.lstrip("/") / "touchmark.sqlite").exists(), "a purge removed the authority's data")
        return "refused, whole afterwards; a purge leaves data"
    finally:
        root.remove()


def case_systemd(current, previous):
    """systemd starts the unit with the passphrase as its credential, brings it back, and restarts it at an upgrade"""
    root = BootedRoot()
    try:
        root.install(previous)
        check_booted(root)
        held = confined(root)
        root.systemctl("kill", "--signal=KILL", "--kill-whom=main", "touchmark")
        root.wait(lambda: root.property("NRestarts") == "1" and root.is_ready(), "the service is not back after SIGKILL")
        verified(root, enroll(root, "KILLED-1"))
        before = root.property("MainPID")
        root.install(current)
        root.wait(lambda: root.property("MainPID") not in {before, "0"} and root.is_ready(), "no restart at the upgrade")
        verified(root, enroll(root, "UPGRADED-1"))
        began = time.monotonic()
        root.systemctl("stop", "touchmark")
        expect_equal(root.property("Result"), "success", "the stop's result")
        return f"{held}; stopped in {time.monotonic() - began:.1f} s"
    finally:
        root.remove()


def check_booted(root):
    """As docs/install.md says it: a passphrase in systemd's credential store, and nothing of it elsewhere."""
    passphrase = "/etc/credstore/touchmark-passphrase"
    root.inside("install", "-d", "-m", "0700", "/etc/credstore")
    root.inside("sh", "-c", f"umask 077; head -c 24 /dev/urandom | base64 > {passphrase}")
    root.inside(
        "env", f"TOUCHMARK_PASSPHRASE_FILE={passphrase}", "touchmark", "init", "--data", DATA, "--organization", "Package",
        *root.listen)
    root.inside("chown", "-R", "touchmark:touchmark", "/var/lib/touchmark")
    root.start()
    verified(root, enroll(root, "BOOTED-1"))


def confined(root):
    """What the kernel says of the process that serves."""
    status = root.inside("cat", f"/proc/{root.property('MainPID')}/status").out.decode()
    held = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    expect_equal(held["NoNewPrivs"], "1", "NoNewPrivs")
    expect_equal(held["Seccomp"], "2", "Seccomp")
    expect_equal(int(held["CapEff"], 16), 0, "CapEff")
    expect(held["Uid"].split()[0] != "0", "the service runs as root")
    return "no privileges, no capabilities, a filter of system calls"


def case_container(current, _):
    """the container's recipe is built, makes an installation in a volume, serves it, and finds it again"""
    version = current.name.split("_")[1]
    container = Container(current.parent, version)
    try:
        container.found()
        container.start()
        verified(container, enroll(container, "CONTAINED-1"))
        container.stop()
        container.start()
        verified(container, enroll(container, "CONTAINED-2"))
        container.stop()
        return "two starts over one volume, its own file system read-only"
    finally:
        container.remove()


def store(root):
    return sqlite3.connect(root.path / DATA.lstrip("/") / "touchmark.sqlite")


def schema(root):
    with store(root) as database:
        return {row[0] for row in database.execute("SELECT identifier FROM grdb_migrations")}


def refused(root):
    answer = root.touchmark("serve", code=None)
    expect(answer.code != 0, "a newer schema was served")
    expect("newer version" in answer.text, f"the refusal does not say why: {answer.text}")


def packages(options):
    program = options.program.resolve()
    folder = Path(tempfile.mkdtemp(prefix="touchmark-dist-"))
    made = dist.make(program, folder, agent=options.agent.resolve())
    current = next(path for path in made if path.suffix == ".deb")
    if options.previous:
        return current, options.previous.resolve()
    earlier = dist.make(program, folder, "0.0.0")
    return current, next(path for path in earlier if path.suffix == ".deb")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, default=ROOT / ".build-dist/release/touchmark")
    parser.add_argument("--agent", type=Path, default=ROOT / ".build-dist/release/touchmark-agent")
    parser.add_argument("--previous", type=Path, help="the package of an earlier version")
    parser.add_argument("--only", help="one case by its name, as systemd")
    options = parser.parse_args()
    current, previous = packages(options)
    for case in (
        case_first_device, case_agent, case_upgrade_and_downgrade, case_newer_schema, case_systemd, case_container):
        if options.only not in (None, case.__name__.removeprefix("case_")):
            continue
        began = time.monotonic()
        figure = case(current, previous)
        print(f"ok   {case.__doc__}: {figure} ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
