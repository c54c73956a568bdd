"""The device's agent, killed at each of its steps, again and again; it always comes back with a valid certificate and
one key, and the server has issued no more than it was asked for. Then the same with its key in a TPM, under a profile that
takes no other; with each death the TPM's power goes, too.

    python -m Crash.agent --rounds 200 --tpm-rounds 40
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from Interop.harness import ROOT, Failure, Installation, expect, expect_equal, run
from Interop.software_tpm import SoftwareTPM

# The names that Sources/DeviceAgent gives its steps; `:n` is the nth time that it passes there.
FILES = [f"{what}:{n}" for n in range(1, 8) for what in ("file-written", "file-renamed")]
SHARED = [
    "sending-cacerts", "answered-cacerts", "pending-kept", "identity-begun", "identity-written", "previous-pointed",
    "identity-pointed", "secret-removed", "pending-removed", "hook"]
ENROLL = [*SHARED, *FILES, "begun", "sending-simpleenroll", "answered-simpleenroll"]
RENEW = [*SHARED, *FILES[:12], "older-removed", "sending-simplereenroll", "answered-simplereenroll"]
ROUNDS = [("enroll", step) for step in ENROLL] + [("renew", step) for step in RENEW]
# With the key in a TPM: its proof instead of EST's request, and a renewal that makes no key.
PROOF = ["attestation-key-kept", "tpm-challenged", "tpm-answered"] + [
    f"{what}-{path}" for path in ("/enroll/tpm/challenges", "/enroll/tpm") for what in ("sending", "answered")]
TPM_ROUNDS = [("enroll", step) for step in ENROLL + PROOF if "simpleenroll" not in step] + [
    ("renew", step) for step in RENEW]


def agent_binary():
    path = Path(os.environ.get("TOUCHMARK_AGENT", ROOT / ".build/debug/touchmark-agent")).resolve()
    expect(path.exists(), f"{path} is not there: make test, or swift build --product touchmark-agent, comes first")
    return path


class Agent:
    """A device with a folder of its own."""

    def __init__(self, server, serial, folder, profile="operational", tpm=None, options=()):
        self.server, self.serial, self.tpm = server, serial, tpm
        self.options = [*(["--key", "tpm", "--tcti", tpm.configuration] if tpm else ["--key", "file"]), *options]
        self.folder = Path(folder)
        self.data = self.folder / f"agent-{serial}"
        secret = server.add_device(serial, profile)
        self.secret = self.folder / f"{serial}.secret"
        self.secret.write_text(secret["secret"] + "\n")
        self.port = server.port()
        self.root = secret["root_sha256"]

    @property
    def url(self):
        return f"https://{self.serial}@127.0.0.1:{self.port}#sha256:{self.root}"

    def __call__(self, *arguments, code=0, env=None):
        return run(agent_binary(), *arguments, "--data", self.data, code=code, env=env)

    def enroll(self, *options, **how):
        return self("enroll", self.url, "--secret-file", self.secret, *self.options, *options, **how)

    def renew(self, *options, **how):
        return self("renew", *options, **how)

    @property
    def current(self):
        return self.data / "current"

    def public_keys(self):
        """Of the certificate and of the key beside it, as PEM."""
        certificate = run("openssl", "x509", "-in", self.current / "cert.pem", "-noout", "-pubkey").out
        providers = ["-provider", "tpm2", "-provider", "default"] if self.tpm else []
        key = run("openssl", "pkey", *providers, "-in", self.current / "key.pem", "-pubout",
                  env={"TPM2OPENSSL_TCTI": self.tpm.configuration} if self.tpm else None).out
        return certificate, key

    def serial_number(self):
        out = run("openssl", "x509", "-in", self.current / "cert.pem", "-noout", "-serial").out.decode()
        return out.strip().split("=")[1].lower()

    def expect_working(self, when):
        """A certificate that openssl believes, and the key that it is for."""
        certificate, key = self.public_keys()
        expect_equal(key, certificate, f"{self.serial}, {when}: the key beside the certificate")
        run("openssl", "verify", "-CAfile", self.data / "trust.pem", "-untrusted", self.current / "chain.pem",
            self.current / "cert.pem")

    def expect_clean(self, when):
        """One key, and nothing under way."""
        self.expect_working(when)
        left = {path.name for path in self.data.iterdir()}
        expect(not left & {"secret", "pending.pem", "renewing"}, f"{self.serial}, {when}: {sorted(left)}")
        expect(len(list((self.data / "identities").iterdir())) <= 2, f"{self.serial}, {when}: more than two identities")

    def expect_issued(self, count, when):
        shown = self.server.command("device", "show", self.serial)["certificates"]
        expect_equal(len(shown), count, f"{self.serial}, {when}: certificates that the server issued")
        # Serial numbers begin with the time in milliseconds; two certificates may be of one second.
        newest = max(int(one["serial_number"], 16) for one in shown)
        expect_equal(int(self.serial_number(), 16), newest, f"{self.serial}, {when}: its certificate")


def die(agent, command, step):
    """Runs the command until it dies at the step. Whether it did: a step may lie behind the last one."""
    done = command(code=None, env={"TOUCHMARK_AGENT_DIE_AT": step})
    expect(done.code in (0, -signal.SIGKILL), f"{agent.serial} at {step}: exit {done.code}\n{done.text}")
    # What takes the device's power takes its TPM's.
    if agent.tpm:
        agent.tpm.reset()
    return done.code != 0


def one_enrollment(server, folder, number, step, tpm=None):
    agent = Agent(server, f"{'TPM' if tpm else 'KILL'}-{number}", folder, "hardware" if tpm else "operational", tpm)
    died = die(agent, lambda **how: agent.enroll("--on-renew", "true", **how), step)
    agent.enroll("--on-renew", "true")
    agent.expect_clean(f"enrolled after {step}")
    agent.expect_issued(1, f"enrolled after {step}")
    return agent, died


def one_renewal(agent, step):
    before = len(agent.server.command("device", "show", agent.serial)["certificates"])
    died = die(agent, lambda **how: agent.renew("--now", "--on-renew", "true", **how), step)
    # In the middle of it, too.
    agent.expect_working(f"killed at {step}")
    agent.renew("--on-renew", "true")
    agent.expect_clean(f"renewed after {step}")
    # Killed before it had made a key, it has not asked yet, and nothing is due.
    now = len(agent.server.command("device", "show", agent.serial)["certificates"])
    expect(now in (before, before + 1), f"{agent.serial} after {step}: {now - before} certificates for one renewal")
    agent.expect_issued(now, f"renewed after {step}")
    return died


def rounds(server, folder, count, chance, tpm=None):
    """Every step once, then again, in an order of chance. Returns how often the agent died."""
    order, deaths, renewing = [], 0, None
    steps = TPM_ROUNDS if tpm else ROUNDS
    while len(order) < count:
        order += chance.sample(steps, len(steps))
    for number, (mode, step) in enumerate(order[:count], 1):
        if mode == "enroll" or renewing is None:
            # A TPM is one device's until that is retired.
            if tpm and renewing:
                server.command("device", "retire", renewing.serial, "--reason", "its board is another device's now")
            renewing, died = one_enrollment(server, folder, number, step if mode == "enroll" else "nowhere", tpm)
            deaths += died
        if mode == "renew":
            deaths += one_renewal(renewing, step)
    return deaths


def believe(server, folder, tpm):
    """The profile that wants a key in hardware, and whose TPMs count."""
    text = server.plain("profile", "export", "operational").out.decode()
    path = Path(folder) / "hardware.yaml"
    path.write_text(text.replace("name: operational", "name: hardware") + "\nkey: hardware\n")
    server.command("profile", "apply", path)
    issuer = Path(folder) / "issuer.der"
    issuer.write_bytes(tpm.manufacturer()[1])
    server.command("trust", "add", "chips", "--purpose", "tpm", "--manufacturer", "chips", "--certificate", issuer)


def with_tpm(server, folder, count, chance):
    tpm = SoftwareTPM(Path(folder) / "tpm")
    try:
        believe(server, folder, tpm)
        return rounds(server, folder, count, chance, tpm)
    finally:
        tpm.stop()


def main(count, tpm_count, seed):
    server, began = Installation(), time.monotonic()
    try:
        server.start()
        with tempfile.TemporaryDirectory(prefix="touchmark-agent-") as folder:
            chance = random.Random(seed)
            deaths = rounds(server, folder, count, chance)
            tpm_deaths = with_tpm(server, folder, tpm_count, chance) if tpm_count else 0
        expect(deaths >= count // 2, f"only {deaths} deaths in {count} rounds: the steps have other names now")
        expect(tpm_deaths >= tpm_count // 2, f"only {tpm_deaths} deaths in {tpm_count} rounds with a TPM")
    except Failure as failure:
        sys.exit(f"agent: FAILED (seed {seed}): {failure}\n{server.log()}")
    finally:
        server.remove()
    print(f"agent: passed: killed {deaths} times in {count} rounds, and {tpm_deaths} times in {tpm_count} with its key in a "
          "TPM whose power went as well; always back with a valid certificate and one key, "
          f"{time.monotonic() - began:.0f} s (seed {seed})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--tpm-rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    main(options.rounds, options.tpm_rounds, options.seed)
