"""Durable EST as clients see it, and what it costs the server: CPU time from /proc over certificates issued.

The clients are processes of their own, so that their work is not counted.
"""

import base64
import http.client
import multiprocessing
import os
import ssl
import threading
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from Crash.load import Connection
from Interop.harness import certificates_in

CLIENTS, PROCESSES = 32, 4


def cpu_seconds(pid):
    """User and system time of a process, all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_device(serial):
    """A private key in PEM, and a request as EST carries it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([
        x509.NameAttribute(NameOID.SERIAL_NUMBER, serial), x509.NameAttribute(NameOID.COMMON_NAME, serial)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, base64.b64encode(request.public_bytes(serialization.Encoding.DER))


def enroll_all(root, port, grant, requests):
    """One connection, kept alive; nothing is parsed, so that the client keeps up."""
    connection, answers = Connection(root, port), []
    for request in requests:
        connection.send(grant["name"], grant["secret"], request)
        answer = connection.http.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"enrollment: {answer.status} {body[:200]!r}")
        answers.append(body)
    return answers


def renew_all(root, port, folder, names, requests):
    """A full mutual TLS 1.3 handshake for each request: a new context knows no session to resume."""
    for name, request in zip(names, requests):
        trust = ssl.create_default_context(cafile=str(root))
        trust.minimum_version = ssl.TLSVersion.TLSv1_3
        trust.load_cert_chain(f"{folder}/{name}.pem", f"{folder}/{name}.key")
        connection = http.client.HTTPSConnection("localhost", port, context=trust, timeout=60)
        connection.request(
            "POST", "/.well-known/est/simplereenroll", request, {"Content-Type": "application/pkcs10"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"renewal: {answer.status} {body[:200]!r}")
    return []


def in_threads(work, shares, barrier, results):
    found = [None] * len(shares)

    def one(index):
        found[index] = work(*shares[index])

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(shares))]
    barrier.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(found)


def timed(pid, work, shares):
    """Runs the shares, one a client, spread over processes. Returns wall seconds, server CPU seconds and answers."""
    barrier, results = multiprocessing.Barrier(PROCESSES + 1), multiprocessing.Queue()
    processes = [
        multiprocessing.Process(target=in_threads, args=(work, shares[index::PROCESSES], barrier, results))
        for index in range(PROCESSES)]
    for process in processes:
        process.start()
    barrier.wait()
    began, before = time.monotonic(), cpu_seconds(pid)
    found = [answers for _ in processes for share in results.get() for answers in (share or [])]
    wall, cpu = time.monotonic() - began, cpu_seconds(pid) - before
    for process in processes:
        process.join()
        if process.exitcode:
            raise SystemExit("a client failed")
    return wall, cpu, found


def measure(server, each):
    """Enrolls `each` devices for every client, then renews all of them. Returns the two results."""
    pid, total = server.process.pid, CLIENTS * each
    grant = server.add_grant("operational", total)
    devices = {f"BENCH-{number}": make_device(f"BENCH-{number}") for number in range(total)}
    names = list(devices)
    shares = [names[client::CLIENTS] for client in range(CLIENTS)]
    requests = [[devices[name][1] for name in share] for share in shares]
    enrolled = timed(pid, enroll_all, [(server.root, server.port(), grant, share) for share in requests])
    folder = server.folder / "devices"
    folder.mkdir()
    for answer in enrolled[2]:
        pem = certificates_in(answer)[0]
        certificate = x509.load_pem_x509_certificate(pem.encode())
        name = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        (folder / f"{name}.pem").write_text(pem)
        (folder / f"{name}.key").write_bytes(devices[name][0])
    renewed = timed(pid, renew_all, [
        (server.root, server.port(), folder, share, asked) for share, asked in zip(shares, requests)])
    return [
        {"name": name, "certificates": total, "wall_seconds": wall, "per_second": total / wall,
         "server_cpu_microseconds": cpu / total * 1e6}
        for name, (wall, cpu, _) in (("EST simpleenroll, keep-alive", enrolled),
                                     ("EST simplereenroll, mutual TLS 1.3 handshake each", renewed))]


