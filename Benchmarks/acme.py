"""ACME orders from newOrder to the certificate, on one account, and what they cost the server: CPU time from /proc.

The clients are processes of their own and speak JOSE by themselves, with a connection each, so that the server is what is
measured. Orders are for addresses (RFC 8738), by http-01: one look at a host for each, which the server's figure holds.
"""

import base64
import hashlib
import http.client
import json
import multiprocessing
import ssl
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from Benchmarks.est import cpu_seconds
from Interop.acme_world import World

PROCESSES = 4


def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


class Client:
    """One connection, kept alive, that signs with the account's key; each answer brings the next nonce."""

    def __init__(self, root, port, key, account=None, profile="lab"):
        self.origin = f"https://localhost:{port}"
        self.base = f"{self.origin}/acme/{profile}/"
        self.key, self.account, self.nonce = key, account, None
        numbers = key.public_key().public_numbers()
        self.jwk = {"crv": "P-256", "kty": "EC", "x": encode(numbers.x.to_bytes(32, "big")),
                    "y": encode(numbers.y.to_bytes(32, "big"))}
        self.http = http.client.HTTPSConnection(
            "localhost", port, context=ssl.create_default_context(cafile=str(root)), timeout=120)

    def thumbprint(self):
        return encode(hashlib.sha256(compact(self.jwk)).digest())

    def post(self, url, payload=None):
        if self.nonce is None:
            self.http.request("GET", self.base.replace(self.origin, "") + "new-nonce")
            answer = self.http.getresponse()
            answer.read()
            self.nonce = answer.headers["Replay-Nonce"]
        signer = {"kid": self.account} if self.account else {"jwk": self.jwk}
        protected = encode(compact({"alg": "ES256", "nonce": self.nonce, "url": url, **signer}))
        text = "" if payload is None else encode(compact(payload))
        r, s = decode_dss_signature(self.key.sign(f"{protected}.{text}".encode(), ec.ECDSA(hashes.SHA256())))
        body = compact({"protected": protected, "payload": text,
                        "signature": encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))})
        self.http.request("POST", url.replace(self.origin, ""), body, {"Content-Type": "application/jose+json"})
        answer = self.http.getresponse()
        found = answer.read()
        self.nonce = answer.headers["Replay-Nonce"]
        if answer.status >= 400:
            raise RuntimeError(f"{url}: {answer.status} {found[:300]!r}")
        return answer.headers.get("Location"), found

    def register(self):
        self.account, _ = self.post(self.base + "new-account", {"termsOfServiceAgreed": True})
        return self

    def certificate(self, name, request):
        """From newOrder to the chain; nothing is asked for before it can be there."""
        url, order = self.post(self.base + "new-order", {"identifiers": [{"type": "dns", "value": name}]})
        order = json.loads(order)
        for each in order["authorizations"]:
            challenges = json.loads(self.post(each)[1])["challenges"]
            self.post(next(one["url"] for one in challenges if one["type"] == "http-01"), {})
        pause = 0.05
        while order["status"] == "pending":
            time.sleep(pause)
            pause = min(pause * 1.5, 1)
            order = json.loads(self.post(url)[1])
        order = json.loads(self.post(order["finalize"], {"csr": request})[1])
        while order["status"] == "processing":
            time.sleep(1)
            order = json.loads(self.post(url)[1])
        if order["status"] != "valid":
            raise RuntimeError(f"the order for {name} is {order}")
        return self.post(order["certificate"])[1]


def request(name):
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name)]), False).sign(key, hashes.SHA256())
    return encode(made.public_bytes(serialization.Encoding.DER))


def share(root, port, pem, account, orders, clients, barrier, results):
    """Some of the orders, by so many clients at once."""
    key = serialization.load_pem_private_key(pem, None)
    pending, lock, outcome = list(orders), threading.Lock(), {"issued": 0, "failed": []}

    def work():
        client = Client(root, port, key, account)
        while True:
            with lock:
                if not pending:
                    return
                name, csr = pending.pop()
            try:
                issued = b"BEGIN CERTIFICATE" in client.certificate(name, csr)
            except Exception as error:  # noqa: BLE001: each is counted, and the first ones are shown
                with lock:
                    outcome["failed"].append(str(error))
                client = Client(root, port, key, account)
                continue
            with lock:
                outcome["issued"] += issued

    threads = [threading.Thread(target=work) for _ in range(clients)]
    barrier.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(outcome)


class Context:
    """What World writes its installation into."""

    def __init__(self):
        self.installations = {}


def answer_tokens(world, thumbprint, shutdown):
    """http-01 answers every token with its key authorization: the orders are all this account's."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            body = f"{self.path.rsplit('/', 1)[1]}.{thumbprint}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 512
        daemon_threads = True

    server = Server(("127.0.0.1", world.http_port), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shutdown.append(server.shutdown)


def measure(orders, clients):
    """`orders` on one account by `clients` at once: a dictionary of figures."""
    context = Context()
    world, shutdown = World(context), []
    server = world.server
    try:
        key = ec.generate_private_key(ec.SECP256R1())
        client = Client(server.root, server.port(), key).register()
        answer_tokens(world, client.thumbprint(), shutdown)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        work = [(name, request(name)) for name in (f"bench-{number}.test" for number in range(orders))]
        barrier, results = multiprocessing.Barrier(PROCESSES + 1), multiprocessing.Queue()
        processes = [
            multiprocessing.Process(
                target=share, args=(server.root, server.port(), pem, client.account, work[index::PROCESSES],
                                    clients // PROCESSES, barrier, results))
            for index in range(PROCESSES)]
        for process in processes:
            process.start()
        barrier.wait()
        began, before = time.monotonic(), cpu_seconds(server.process.pid)
        outcomes = [results.get() for _ in processes]
        wall, cpu = time.monotonic() - began, cpu_seconds(server.process.pid) - before
        for process in processes:
            process.join()
        issued = sum(each["issued"] for each in outcomes)
        failed = [line for each in outcomes for line in each["failed"]]
        return {"name": f"ACME order to certificate, {clients} at once on one account", "orders": orders,
                "clients": clients, "issued": issued, "failed": len(failed), "failures": failed[:3],
                "wall_seconds": wall, "per_second": issued / wall, "server_cpu_microseconds": cpu / max(issued, 1) * 1e6}
    finally:
        for end in shutdown:
            end()
        server.remove()
