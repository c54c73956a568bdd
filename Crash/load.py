"""Devices that enroll over EST as fast as they can, and remember every certificate that they were given."""

import base64
import http.client
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

GONE = (OSError, http.client.HTTPException, ssl.SSLError)


class Refused(Exception):
    """An answer that is not 200."""


def make_request(serial):
    """A request for a device under a key of its own, as EST carries it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([
        x509.NameAttribute(NameOID.SERIAL_NUMBER, serial), x509.NameAttribute(NameOID.COMMON_NAME, serial)])
    signed = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return base64.b64encode(signed.public_bytes(serialization.Encoding.DER))


class Connection:
    """One kept-alive connection to the EST door."""

    def __init__(self, root, port, newest=None):
        self.trust = ssl.create_default_context(cafile=str(root))
        if newest:
            self.trust.maximum_version = newest
        self.http = http.client.HTTPSConnection("localhost", port, context=self.trust, timeout=30)

    def send(self, name, secret, request):
        basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
        self.http.request("POST", "/.well-known/est/simpleenroll", request, {
            "Authorization": f"Basic {basic}", "Content-Type": "application/pkcs10"})

    def receive(self):
        answer = self.http.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Refused(f"{answer.status} {body[:300]!r}")
        return pkcs7.load_der_pkcs7_certificates(base64.b64decode(body))[0]

    def enroll(self, name, secret, request):
        self.send(name, secret, request)
        return self.receive()


class Fleet:
    """Threads of devices. `received` holds what they got, `unanswered` what they asked for when the server died."""

    def __init__(self, server, grant, prefix, threads=8):
        self.server, self.grant, self.prefix = server, grant, prefix
        self.received, self.unanswered, self.refused = {}, {}, []
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def work(self, thread):
        count = 0
        try:
            connection = Connection(self.server.root, self.server.port())
            while not self.stopping.is_set():
                serial = f"{self.prefix}-{thread}-{count}"
                count += 1
                request = make_request(serial)
                with self.lock:
                    self.unanswered[serial] = request
                certificate = connection.enroll(self.grant["name"], self.grant["secret"], request)
                with self.lock:
                    self.received[serial] = certificate
                    del self.unanswered[serial]
        except Refused as refused:
            with self.lock:
                self.refused.append(f"{serial}: {refused}")
        except GONE:
            return  # the server died, which is what the lane is about


def ask_again(server, grant, requests):
    """What devices do whose answer never came: the same request again. Returns their certificates."""
    connection = Connection(server.root, server.port())
    return {serial: connection.enroll(grant["name"], grant["secret"], request) for serial, request in requests.items()}
