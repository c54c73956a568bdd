"""touchmark-agent with nginx and mosquitto: its certificate works, is renewed while they run, and stops working soon after
the device is suspended. And what an agent costs: octets on the wire, memory, and what it survives."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from Crash import agent as kills
from Crash.agent import Agent, agent_binary
from Interop.clients.nginx_mutual_tls import CONFIGURATION, server_certificate
from Interop.harness import Installation, authorities, binary, expect, expect_equal, free_ports, run, tool
from Interop.software_tpm import SoftwareTPM

# docs/agent.md: at most 12 KB for a renewal with P-256, and 25 MB of memory. The debug build is more than half of its memory
# in pages of its own file, so the bound is held by what it allocates, and in release form (TOUCHMARK_AGENT) by all of it.
MOST_OCTETS = 12 * 1024
MOST_KILOBYTES = 25 * 1024
# From the operator's word to the broker's refusal.
MOST_SECONDS = 60
# Issue of a certificate for a key in a TPM, the TPM's own work included.
MOST_SECONDS_ATTESTED = 5

MOSQUITTO = """
listener {port} 127.0.0.1
cafile {authorities}
certfile {certificate}
keyfile {key}
crlfile {crls}
require_certificate true
use_identity_as_username true
allow_anonymous false
user root
log_dest file {folder}/mosquitto.log
"""


class Proxy:
    """Stands before the server, counts every octet either way, and can fall silent."""

    def __init__(self, port):
        self.port, self.octets, self.cut_at, self.cuts = port, 0, None, 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.own_port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port))
                turns = {"count": 0, "last": None}
                for source, sink, name in ((client, server, "up"), (server, client, "down")):
                    threading.Thread(target=self.carry, args=(source, sink, name, turns), daemon=True).start()

    def carry(self, source, sink, name, turns):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                with self.lock:
                    self.octets += len(part)
                    if turns["last"] != name:
                        turns["last"] = name
                        turns["count"] += name == "up"
                    # The answer to the nth request of the connection, counting the handshake's, is lost.
                    if name == "down" and self.cut_at and turns["count"] >= self.cut_at:
                        self.cuts += 1
                        break
                sink.sendall(part)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def running(*command, log):
    """A program that goes on until the case is over."""
    with open(log, "wb") as out:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
        process.wait()


def until(what, condition, seconds=30):
    """Polls; returns the seconds that it took."""
    began = time.monotonic()
    while not condition():
        expect(time.monotonic() - began < seconds, f"{what} did not happen within {seconds} s")
        time.sleep(0.1)
    return time.monotonic() - began


def trust(server, folder):
    path = folder / "authorities.pem"
    path.write_text(server.root.read_text() + "".join(authorities(server)))
    return path


def visit(server, port, device):
    """With curl, as the device: the body, or why not."""
    seen = run(
        "curl", "-sS", "--max-time", "20", "--cacert", server.root, "--resolve",
        f"broker.interop.example:{port}:127.0.0.1", "--cert", device.current / "fullchain.pem", "--key",
        device.current / "key.pem", f"https://broker.interop.example:{port}/", code=None)
    return seen.out.decode(errors="replace") + seen.err.decode(errors="replace")


def publish(server, port, device):
    """One message with mosquitto_pub, as the device. Whether the broker took it."""
    seen = run(
        "mosquitto_pub", "-h", "127.0.0.1", "-p", port, "--cafile", server.root, "--cert",
        device.current / "fullchain.pem", "--key", device.current / "key.pem", "--insecure", "-i", device.serial, "-t",
        "state", "-m", "on", "-q", "1", code=None)
    return seen.code == 0


def lifecycle(context, folder, gateway, device, works, reload, lists, name):
    """What both brokers have to show, once they run."""
    server = device.server
    # A broker that is told to reload before it listens to signals dies of it.
    until(f"{name} serves", works)
    with running(agent_binary(), "crl", "--out", lists, "--on-change", reload, "--data", gateway.data,
                 log=folder / "crl.log"):
        until(f"{name} lets an active device in", works)
        # Renewed while the broker runs: another certificate, at once, with nothing done at the broker.
        before = device.serial_number()
        device.renew("--now", "--on-renew", f"touch {folder}/{name}-reloaded")
        expect(device.serial_number() != before, "the certificate is still the old one")
        expect((folder / f"{name}-reloaded").exists(), "the hook of the renewal was not run")
        expect(works(), f"{name} does not let the device in with its renewed certificate")
        server.command("device", "suspend", device.serial, "--reason", "stolen")
        seconds = until(f"{name} keeps the suspended device out", lambda: not works(), MOST_SECONDS)
        context.note(f"{name}: out {seconds:.1f} s after device suspend, with touchmark-agent crl at its default of 15 s")
        server.command("device", "resume", device.serial, "--reason", "found")
        until(f"{name} lets the resumed device in", works, MOST_SECONDS)


@contextlib.contextmanager
def fleet(folder):
    """An authority of its own, whose addresses can be reached, with a gateway and a device."""
    server = Installation()
    try:
        server.start()
        gateway, device = Agent(server, "GATEWAY-1", folder), Agent(server, "DEVICE-1", folder)
        for each in (gateway, device):
            each.enroll()
        lists = folder / "lists.pem"
        gateway("crl", "--out", lists, "--once")
        yield server, gateway, device, lists
    finally:
        server.remove()


def case_nginx(context, folder):
    """nginx: an active device gets in, with its renewed certificate too, and is out soon after it was suspended"""
    os.chmod(folder, 0o755)
    with fleet(folder) as (server, gateway, device, lists):
        certificate, key = server_certificate(server, folder)
        port = free_ports(1)[0]
        path = folder / "nginx.conf"
        path.write_text(CONFIGURATION.format(
            folder=folder, port=port, certificate=certificate, key=key, authorities=trust(server, folder), crls=lists))
        with running(tool("nginx"), "-p", folder, "-c", path, log=folder / "nginx.out"):
            reload = f"{tool('nginx')} -p {folder} -c {path} -s reload"
            lifecycle(
                context, folder, gateway, device, lambda: "SUCCESS" in visit(server, port, device), reload, lists,
                "nginx")


def case_mosquitto(context, folder):
    """mosquitto: an active device publishes, with its renewed certificate too, and is out soon after it was suspended"""
    os.chmod(folder, 0o755)
    with fleet(folder) as (server, gateway, device, lists):
        certificate, key = server_certificate(server, folder)
        port = free_ports(1)[0]
        path = folder / "mosquitto.conf"
        path.write_text(MOSQUITTO.format(
            folder=folder, port=port, certificate=certificate, key=key, authorities=trust(server, folder), crls=lists))
        with running(tool("mosquitto"), "-c", path, log=folder / "mosquitto.out") as broker:
            reload = f"kill -HUP {broker.pid}"
            lifecycle(
                context, folder, gateway, device, lambda: publish(server, port, device), reload, lists, "mosquitto")


def case_wire(context, folder):
    """A renewal with P-256 takes at most 12 KB on the wire, and the agent at most 25 MB of memory"""
    server = Installation()
    try:
        server.start()
        device = Agent(server, "WIRE-1", folder)
        proxy = Proxy(server.port())
        device.port = proxy.own_port
        device.enroll()
        proxy.octets = 0
        device.renew("--now")
        octets = proxy.octets
        device.expect_clean("renewed through a proxy")
        # As a service, after it has renewed: what it is held to for all of its time.
        (device.data / "current" / "renewal.json").write_text("{}")
        before = device.serial_number()
        with running(agent_binary(), "run", "--spread", "0s", "--data", device.data, log=folder / "run.log") as process:
            until("the service renews", lambda: device.serial_number() != before)
            until("the service fetches its lists", lambda: len(list((device.data / "crl").glob("*.pem"))) == 2)
            memory = memory_of(process.pid)
        context.note(
            f"agent: a renewal takes {octets} octets of TCP both ways; as a service that has just renewed it holds at "
            f"most {memory['VmHWM']} KB, {memory['RssAnon']} KB of them its own and the rest pages of its files")
        expect(octets <= MOST_OCTETS, f"{octets} octets for a renewal, and {MOST_OCTETS} is the most")
        bounded = memory["VmHWM"] if "TOUCHMARK_AGENT" in os.environ else memory["RssAnon"]
        expect(bounded <= MOST_KILOBYTES, f"{bounded} KB of memory, and {MOST_KILOBYTES} is the most")
    finally:
        server.remove()


def memory_of(process):
    """Kilobytes by the kernel's names."""
    with open(f"/proc/{process}/status") as status:
        lines = [line.split() for line in status]
    return {line[0].rstrip(":"): int(line[1]) for line in lines if len(line) == 3 and line[2] == "kB"}


def case_lost_answer(context, folder):
    """Answers that are lost on the way are asked for again with the same key, and the server has issued once"""
    server = Installation()
    try:
        server.start()
        proxy, lost = Proxy(server.port()), 0
        for cut_at in (1, 2, 3, 4):
            device = Agent(server, f"LOST-{cut_at}", folder)
            device.port, proxy.cut_at = proxy.own_port, None
            # The first connection only pins the root; what is lost is on the second.
            device.enroll(code=-signal.SIGKILL, env={"TOUCHMARK_AGENT_DIE_AT": "begun"})
            device.enroll(code=-signal.SIGKILL, env={"TOUCHMARK_AGENT_DIE_AT": "sending-cacerts"})
            proxy.cut_at = cut_at
            seen = device.enroll(code=None)
            proxy.cut_at = None
            lost += len(server.command("device", "show", device.serial)["certificates"]) if seen.code else 0
            device.enroll()
            device.expect_clean("after a lost answer")
            device.expect_issued(1, "after a lost answer")
        expect(lost > 0, "no answer was lost after its certificate was issued, so that this case proves nothing")
        context.note(f"agent: {proxy.cuts} connections cut, {lost} of them after the certificate was issued")
    finally:
        server.remove()


@contextlib.contextmanager
def at_another_time(*what):
    """The environment in which programs read another time from their clock: the one that `faketime` gives its own child.
    It stands between a program and its signals, so that a server is better started beside it."""
    holder = subprocess.Popen(
        [tool("faketime"), *what, "sleep", "600"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    child = None
    try:
        def found():
            nonlocal child
            children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
            child = int(children[0]) if children else None
            return child and Path(f"/proc/{child}/cmdline").read_text().startswith("sleep")
        until("faketime starts", found)
        variables = Path(f"/proc/{child}/environ").read_text().split("\0")
        yield dict(one.split("=", 1) for one in variables if one.startswith(("FAKETIME", "LD_PRELOAD")))
    finally:
        if child:
            os.kill(child, signal.SIGKILL)
        holder.wait(10)


def case_long_absence(context, folder):
    """A device whose server was away for longer than its certificate's life renews; after the grace it is told the cure"""
    server = Installation()
    try:
        server.start()
        device = Agent(server, "AWAY-1", folder)
        device.enroll()
        first = device.serial_number()
        server.stop()
        # Eight days of silence: the certificate of seven days is over.
        with at_another_time("-f", "+8d") as later:
            device.renew(code=3, env=later)
            expect("AWAY-1: expired" in device("status", code=1, env=later).text, "status of an expired device")
            server.start(environment=later)
            device.renew(env=later)
            expect(device.serial_number() != first, "it was not renewed")
            server.stop()
        with at_another_time("-f", "+120d") as late:
            server.start(environment=late)
            told = device.renew(code=1, env=late)
            expect("touchmark device readmit AWAY-1" in told.text, f"after the grace: {told.text}")
            run(binary(), "device", "readmit", "AWAY-1", "--data", server.data, "--for", "48h", "--reason", "back",
                env=late)
            device.renew(env=late)
            expect("AWAY-1: valid" in device("status", env=late).text, "it is not valid after the readmission")
            server.stop()
    finally:
        server.remove()


def case_without_a_clock(context, folder):
    """A device whose clock begins in 1970 enrolls and renews, and by the server's date does not renew each time"""
    server = Installation()
    try:
        server.start()
        device = Agent(server, "EPOCH-1", folder)
        with at_another_time("1970-01-01 00:05:00") as epoch:
            device.enroll(env=epoch)
            expect('"clock": "unknown"' in device("status", "-o", "json", env=epoch).text, "the clock is believed")
            device.expect_clean("enrolled in 1970")
            first = device.serial_number()
            told = device.renew(env=epoch).text
            expect("nothing is due" in told, f"the second start in 1970: {told}")
            expect_equal(device.serial_number(), first, "the certificate after the second start")
            device.renew("--now", env=epoch)
            expect(device.serial_number() != first, "renew --now in 1970")
            device.expect_clean("renewed in 1970")
    finally:
        server.remove()


def approved(server, folder, statement):
    """Signs a statement as both persons, and puts it together."""
    phrase = {"TOUCHMARK_APPROVER_PASSPHRASE_FILE": str(folder / "phrase")}
    for person in ("ann", "ben"):
        run(binary(), "approver", "sign", statement, "--person", person, "--key", folder / f"{person}.key", "--out",
            f"{statement}.{person}", "--yes", env=phrase)
    run(binary(), "approver", "assemble", f"{statement}.ann", f"{statement}.ben", "--out", f"{statement}.note")
    return Path(f"{statement}.note")


def case_trust_bundle(context, folder):
    """A device that holds none of the server's roots takes what its approvers signed, and nothing else, and renews"""
    (folder / "phrase").write_text("a passphrase of the approvers\n")
    server = Installation()
    try:
        server.start()
        configuration = (server.data / "touchmark.yaml").read_text()
        organization = configuration.split("organization-id: ")[1].split()[0].strip('"')
        phrase, named = {"TOUCHMARK_APPROVER_PASSPHRASE_FILE": str(folder / "phrase")}, []
        for person in ("ann", "ben"):
            key = run(binary(), "approver", "key", person, "--organization", organization, "--out",
                      folder / f"{person}.key", env=phrase).out.decode().strip()
            named += ["--approver", f"{person}={key}"]
        run(binary(), "approver", "document", "--organization", organization, "--out", folder / "doc", *named)
        document = approved(server, folder, folder / "doc")
        server.plain("approver", "install", document)
        device, plain = Agent(server, "BUNDLE-1", folder), Agent(server, "BUNDLE-2", folder)
        device.enroll("--approvers", document)
        plain.enroll()
        # Another fleet's root is all that they hold: to them, the server is nobody's.
        stranger = folder / "stranger.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            folder / "stranger.key", "-subj", "/CN=Stranger", "-days", "30", "-out", stranger,
            "-addext", "keyUsage=critical,keyCertSign")
        for each in (device, plain):
            (each.data / "trust.pem").write_text("bundle: 0\n" + stranger.read_text())
            expect("showed no certificate" in each.renew("--now", code=3).text, "a stranger's root led to the server")
        run(binary(), "bundle", "draft", "--organization", organization, "--number", "1", "--author", "dan", "--out",
            folder / "bundle", "--data", server.data)
        server.plain("bundle", "publish", approved(server, folder, folder / "bundle"))
        device.renew("--now")
        expect("bundle: 1" in (device.data / "trust.pem").read_text(), "the bundle's number is not kept")
        device.expect_clean("renewed under the bundle's roots")
        plain.renew("--now", code=3)
    finally:
        server.remove()


def case_kill(context, folder):
    """Killed twenty times at steps of enrolling and renewing: always back with a valid certificate and one key"""
    server, seed = Installation(), random.SystemRandom().randrange(1 << 32)
    try:
        server.start()
        deaths = kills.rounds(server, folder, 20, random.Random(seed))
        expect(deaths > 10, f"only {deaths} deaths in 20 rounds (seed {seed}): the steps have other names now")
        context.note(f"agent: killed {deaths} times in 20 rounds (seed {seed})")
    finally:
        server.remove()


def case_tpm(context, folder):
    """A key in a TPM: attested within 5 s, used by openssl, back after kills and power cuts, and a cleared TPM is said"""
    server, seed = Installation(), random.SystemRandom().randrange(1 << 32)
    tpm = SoftwareTPM(folder / "tpm")
    try:
        server.start()
        kills.believe(server, folder, tpm)
        device = Agent(server, "TPM-FIRST", folder, "hardware", tpm)
        began = time.monotonic()
        device.enroll()
        seconds = time.monotonic() - began
        expect(seconds <= MOST_SECONDS_ATTESTED, f"{seconds:.1f} s for an attested enrollment")
        device.expect_clean("enrolled with a TPM")
        listed = server.command("certificate", "list", "--device", device.serial)
        expect_equal([one["key_origin"] for one in listed], ["attested"], "where the key lives")
        tpm.run("clear", "-c", "p")
        told = device.renew(code=1).text
        expect("is gone" in told and "device invite TPM-FIRST" in told, f"after TPM2_Clear: {told}")
        invited = server.command("device", "invite", device.serial)
        device.secret.write_text(invited["secret"] + "\n")
        device.enroll()
        device.expect_clean("enrolled again after TPM2_Clear")
        server.command("device", "retire", device.serial, "--reason", "the TPM is needed for the next device")
        deaths = kills.rounds(server, folder, 6, random.Random(seed), tpm)
        expect(deaths > 2, f"only {deaths} deaths in 6 rounds (seed {seed}): the steps have other names now")
        context.note(f"agent: attested enrollment on swtpm took {seconds:.2f} s; killed {deaths} times in 6 rounds, with the "
                     f"TPM's power (seed {seed})")
    finally:
        tpm.stop()
        server.remove()
