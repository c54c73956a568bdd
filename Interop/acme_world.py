"""What ACME clients share: an installation that may connect to loopback, and a DNS server that knows `.test`."""

import contextlib
import socketserver
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from Interop.harness import Installation, free_ports

A, TXT = 1, 16


DATAGRAM = 512


def answer(message, texts, longest):
    """Every name under test is this machine; TXT records are those that a case wrote down. What does not fit is cut off."""
    name, place = [], 12
    while message[place]:
        name.append(message[place + 1:place + 1 + message[place]].decode().lower())
        place += 1 + message[place]
    kind, = struct.unpack(">H", message[place + 1:place + 3])
    question, answers, name = message[12:place + 5], [], ".".join(name)
    if kind == A and name.endswith(".test"):
        answers = [bytes([127, 0, 0, 1])]
    if kind == TXT:
        answers = [bytes([len(text)]) + text.encode() for text in texts.get(name, [])]
    records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(data)) + data for data in answers)
    flags, count = (0x8180, len(answers)) if 12 + len(question) + len(records) <= longest else (0x8380, 0)
    head = message[:2] + struct.pack(">HHHHH", flags, 1, count, 0, 0)
    return head + question + (records if count else b"")


class Names(socketserver.BaseRequestHandler):
    """RFC 1035 §4.2.1: by UDP, up to 512 octets."""

    def handle(self):
        message, sock = self.request
        sock.sendto(answer(message, self.server.texts, DATAGRAM), self.client_address)


class NamesByStream(socketserver.StreamRequestHandler):
    """RFC 1035 §4.2.2: by TCP, each message behind its length."""

    def handle(self):
        length, = struct.unpack(">H", self.rfile.read(2))
        found = answer(self.rfile.read(length), self.server.texts, 65535)
        self.server.asked += 1
        self.wfile.write(struct.pack(">H", len(found)) + found)


class World:
    """One installation for every ACME client, with the ports that its validations connect to."""

    def __init__(self, context, name="acme", *options, environment=None):
        self.names = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Names)
        self.names.daemon_threads = True
        self.names.texts = {}
        self.stream = socketserver.ThreadingTCPServer(self.names.server_address, NamesByStream)
        self.stream.daemon_threads, self.stream.texts, self.stream.asked = True, self.names.texts, 0
        for server in (self.names, self.stream):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.http_port, self.tls_port = free_ports(2)
        self.server = Installation(
            "--lab", "--public-http", "http://pki.interop.example", *options, environment=environment)
        context.installations[name] = self.server
        with open(self.server.data / "touchmark.yaml", "a") as file:
            file.write(
                "acme:\n  allow: [127.0.0.0/8]\n"
                f"  http-port: {self.http_port}\n  tls-port: {self.tls_port}\n"
                f"  dns: 127.0.0.1:{self.names.server_address[1]}\n")
        self.server.start()

    def directory(self, profile="lab"):
        return f"https://localhost:{self.server.port()}/acme/{profile}/directory"

    @contextlib.contextmanager
    def tokens(self):
        """Serves what is in the dictionary, by token, where http-01 looks."""
        shown = {}

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                body = shown.get(self.path.rsplit("/", 1)[1], "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

        with Server(("127.0.0.1", self.http_port), Answer) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield shown
            server.shutdown()


def world(context):
    if not hasattr(context, "acme"):
        context.acme = World(context)
    return context.acme
