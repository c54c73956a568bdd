"""What the clients share: an installation of the real program in a temporary folder, and a few openssl one-liners.

Nothing here speaks a protocol for a client: the point of the lane is that somebody else's code does.
"""

import base64
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

# Everything here is on this machine: a proxy that the environment names would be asked for addresses that only it knows.
for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120


class Failure(Exception):
    """What a client saw and should not have seen."""


class Skip(Exception):
    """A case that cannot run here. The runner counts it as a failure: a lane that skips proves nothing."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what}: {found!r}, and {wanted!r} was wanted")


def binary():
    path = Path(os.environ.get("TOUCHMARK", ROOT / ".build/debug/touchmark")).resolve()
    expect(path.exists(), f"{path} is not there: make test, or swift build --product touchmark, comes first")
    return path


def tool(name):
    """A client's program. A client that is not installed is a skip, which is a failure."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Skip(f"{name} is not installed: make setup")
    return found


@dataclass
class Result:
    code: int
    out: bytes
    err: bytes

    @property
    def text(self):
        return (self.out + self.err).decode(errors="replace")


def run(*command, stdin=b"", code=0, cwd=None, env=None, seconds=120):
    """Runs a program to its end. `code` is the exit code that is wanted; None takes any."""
    command = [str(part) for part in command]
    command[0] = tool(command[0]) if "/" not in command[0] else command[0]
    done = subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, env={**os.environ, **(env or {})}, timeout=seconds)
    result = Result(done.returncode, done.stdout, done.stderr)
    expect(
        code is None or result.code == code,
        f"{' '.join(command)}: exit {result.code}, and {code} was wanted\n{result.text[-2000:]}")
    return result


def free_ports(count):
    """Ports that were free a moment ago, below those that systems give to outgoing connections."""
    ports = set()
    while len(ports) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.add(port)
    return list(ports)


class Installation:
    """`touchmark init`, then `touchmark serve`, in a folder of its own."""

    def __init__(self, *options, environment=None, serve_wrapper=(), organization="Interop"):
        self.folder = Path(tempfile.mkdtemp(prefix="touchmark-interop-"))
        self.data = self.folder / "data"
        self.environment = {**os.environ, **(environment or {})}
        self.serve_wrapper = tuple(serve_wrapper)
        self.process = None
        https, http = free_ports(2)
        self.listen = ["--listen-https", f"127.0.0.1:{https}", "--listen-http", f"127.0.0.1:{http}"]
        self.init_output = self.plain("init", "--organization", organization, *self.listen, *options)

    def plain(self, *arguments, code=0, stdin=b""):
        """A command that needs no server."""
        return run(binary(), *arguments, "--data", self.data, code=code, stdin=stdin, env=self.environment)

    def command(self, *arguments, code=0, stdin=b""):
        """A command that speaks to the server; its JSON where there is any."""
        result = self.plain(*arguments, "-o", "json", code=code, stdin=stdin)
        return json.loads(result.out) if code == 0 and result.out.strip() else result

    def start(self, environment=None, wrapper=None):
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        log = open(self.folder / "server.log", "ab")
        command = [*(self.serve_wrapper if wrapper is None else wrapper), str(binary()), "serve", "--data",
                   str(self.data), "--ready-file", str(ready)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**self.environment, **(environment or {})})
        deadline = time.monotonic() + READY_SECONDS
        while not ready.exists():
            expect(self.process.poll() is None, f"the server ended at its start\n{self.log()}")
            expect(time.monotonic() < deadline, f"the server is not ready after {READY_SECONDS} s\n{self.log()}")
            time.sleep(0.05)
        self.ready = json.loads(ready.read_text())
        self.https, self.http, self.root = self.ready["https"], self.ready["http"], Path(self.ready["root"])
        return self

    def stop(self, how=signal.SIGTERM, seconds=30):
        """Ends the server by a signal, and returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"the server did not end within {seconds} s of {how!r}\n{self.log()}")
        finally:
            self.process = None

    def remove(self):
        with contextlib.suppress(Failure):
            self.stop(signal.SIGKILL)
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, lines=25):
        path = self.folder / "server.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def port(self, which="https"):
        return int(getattr(self, which).rsplit(":", 1)[1])

    # What an operator does

    def add_device(self, serial, profile="operational"):
        return self.command("device", "add", serial, "--profile", profile)

    def add_grant(self, profile="operational", uses=10, *options):
        return self.command("grant", "add", "--profile", profile, "--uses", uses, "--expires-in", "24h", *options)


# openssl, for what every client needs: a key, a request, the certificates in an answer.

KEYS = {
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "ed25519": ["-algorithm", "ED25519"],
    "rsa2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
    "rsa4096": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
}


def make_key(path, algorithm="p256"):
    run("openssl", "genpkey", *KEYS[algorithm], "-out", path)
    return path


def make_request(path, key, subject, *options):
    """A PKCS#10 request in PEM. `subject` as openssl writes it, /serialNumber=S/CN=S, or / for an empty one."""
    run("openssl", "req", "-new", "-key", key, "-subj", subject, "-out", path, *options)
    return path


def device_subject(serial):
    return f"/serialNumber={serial}/CN={serial}"


def base64_body(request):
    """A request as EST sends it: base64 of DER, in one line."""
    return base64.b64encode(run("openssl", "req", "-in", request, "-outform", "DER").out)


def certificates_in(answer):
    """The PEM certificates of a certs-only PKCS#7 that came as base64."""
    text = run("openssl", "pkcs7", "-inform", "DER", "-print_certs", stdin=base64.b64decode(answer)).out.decode()
    parts = text.split("-----BEGIN CERTIFICATE-----")[1:]
    return ["-----BEGIN CERTIFICATE-----" + part.split("-----END")[0] + "-----END CERTIFICATE-----\n" for part in parts]


def curl(server, path, *options, code=200, where="https"):
    """Asks with curl, which trusts this installation's root alone, and returns the body; the status must be `code`."""
    body, head = server.folder / "curl.body", server.folder / "curl.head"
    body.write_bytes(b"")
    base = getattr(server, where)
    status = run(
        "curl", "-sS", "--max-time", "60", "--cacert", server.root, "-o", body, "-D", head, "-w", "%{http_code}",
        *options, base + path).out.decode()
    expect_equal(status, str(code), f"status of {path}, body {body.read_bytes()[:300]!r}")
    return body.read_bytes()


def head_of(server):
    """The header fields of curl's last answer, names in lower case."""
    lines = (server.folder / "curl.head").read_text(errors="replace").replace("\r", "").strip().split("\n\n")[-1]
    fields = [line.split(":", 1) for line in lines.split("\n")[1:] if ":" in line]
    return {name.strip().lower(): value.strip() for name, value in fields}


@dataclass
class Identity:
    """A device with its key and certificate, as files."""
    serial: str
    key: Path
    certificate: Path
    chain: Path
    request: Path

    @property
    def hex(self):
        out = run("openssl", "x509", "-in", self.certificate, "-noout", "-serial").out.decode()
        return out.strip().split("=")[1]


def enroll(server, serial, profile="operational", algorithm="p256", folder=None):
    """Adds a device, and enrolls it with curl and openssl over EST by its one-time secret."""
    folder = Path(folder or server.folder)
    secret = server.add_device(serial, profile)["secret"]
    key = make_key(folder / f"{serial}.key", algorithm)
    request = make_request(folder / f"{serial}.csr", key, device_subject(serial))
    answer = curl(
        server, "/.well-known/est/simpleenroll", "-u", f"{serial}:{secret}", "-H", "Content-Type: application/pkcs10",
        "--data-binary", base64_body(request).decode())
    certificate = folder / f"{serial}.pem"
    certificate.write_text(certificates_in(answer)[0])
    chain = folder / f"{serial}.chain.pem"
    chain.write_text("".join(authorities(server)))
    return Identity(serial, key, certificate, chain, request)


def authorities(server):
    """Every authority's certificate, as EST's cacerts has them."""
    return certificates_in(curl(server, "/.well-known/est/cacerts"))


def names_of(certificate):
    """Subject and issuer, as openssl writes them."""
    out = run("openssl", "x509", "-in", certificate, "-noout", "-subject", "-issuer", "-nameopt", "RFC2253").out.decode()
    return tuple(line.split("=", 1)[1] for line in out.strip().split("\n"))


def issuer_of(server, certificate, folder):
    """The file of the authority that issued a certificate, found by name and by verifying."""
    for number, pem in enumerate(authorities(server)):
        candidate = Path(folder) / f"authority-{number}.pem"
        candidate.write_text(pem)
        if names_of(candidate)[0] != names_of(certificate)[1]:
            continue
        checked = run("openssl", "verify", "-partial_chain", "-trusted", candidate, certificate, code=None)
        if checked.code == 0:
            return candidate
    raise Failure(f"no authority in cacerts issued {certificate}")


def extension(certificate, name):
    return run("openssl", "x509", "-in", certificate, "-noout", "-ext", name).out.decode()


def address_in(text, marker="URI:"):
    expect(marker in text, f"no address in {text!r}")
    return text.split(marker, 1)[1].split()[0]


def path_of(address):
    """The path of an address in a certificate: the name in it need not resolve here."""
    return "/" + address.split("://", 1)[1].split("/", 1)[1]


def crl_files(server, certificate, folder):
    """The CRLs of a certificate's whole path, issuer first, fetched where the certificates say, as PEM files."""
    folder, paths, current = Path(folder), [], Path(certificate)
    for step in range(5):
        text = extension(current, "crlDistributionPoints")
        der = folder / f"{current.stem}-{step}.crl"
        der.write_bytes(curl(server, path_of(address_in(text)), where="http"))
        pem = folder / f"{current.stem}-{step}.crl.pem"
        run("openssl", "crl", "-inform", "DER", "-in", der, "-out", pem)
        paths.append(pem)
        current = issuer_of(server, current, folder)
        if is_self_signed(current):
            return paths
    raise Failure("the path has more than five certificates")


def is_self_signed(certificate):
    subject, issuer = names_of(certificate)
    return subject == issuer
