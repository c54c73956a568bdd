"""What ACME clients share: an installation that may connect to loopback, and a DNS server that knows `.test`."""

import contextlib
import socketserver
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from Interop.harness import Installation, free_ports

A, TXT = 1, 16


class Names(socketserver.BaseRequestHandler):
    """Every name under test is this machine; TXT records are those that a case wrote down."""

    def handle(self):
        message, sock = self.request
        name, place = [], 12
        while message[place]:
            name.append(message[place + 1:place + 1 + message[place]].decode().lower())
            place += 1 + message[place]
        kind, = struct.unpack(">H", message[place + 1:place + 3])
        question, answers, name = message[12:place + 5], [], ".".join(name)
        if kind == A and name.endswith(".test"):
            answers = [bytes([127, 0, 0, 1])]
        if kind == TXT:
            answers = [bytes([len(text)]) + text.encode() for text in self.server.texts.get(name, [])]
        head = message[:2] + struct.pack(">HHHHH", 0x8180, 1, len(answers), 0, 0)
        records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(data)) + data for data in answers)
        sock.sendto(head + question + records, self.client_address)


class World:
    """One installation for every ACME client, with the ports that its validations connect to."""

    def __init__(self, context):
        self.names = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Names)
        self.names.daemon_threads = True
        self.names.texts = {}
        threading.Thread(target=self.names.serve_forever, daemon=True).start()
        self.http_port, self.tls_port = free_ports(2)
        self.server = Installation("--lab", "--public-http", "http://pki.interop.example")
        context.installations["acme"] = self.server
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
