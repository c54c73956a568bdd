"""The connection is cut after the commit and before the answer, a thousand times.

A proxy stands between device and server. It lets the handshake and the request through, waits until the server
answers, which it does only once everything is durable, and drops that answer. The device asks again with the same
key: it gets its certificate, and the grant has counted it once.

    python -m Crash.lost_answers --count 1000
"""

import argparse
import contextlib
import queue
import socket
import ssl
import sys
import threading
import time

from Crash.ledger import check
from Crash.load import GONE, Connection, make_request
from Interop.harness import Failure, Installation, expect, expect_equal


class Cutter:
    """A TCP proxy whose connections are cut at the first byte of the server's after `arm` was called for them."""

    def __init__(self, port):
        self.port, self.armed, self.cut = port, set(), 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.own_port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def arm(self, client_port):
        with self.lock:
            self.armed.add(client_port)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, address = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port))
                threading.Thread(target=self.up, args=(client, server), daemon=True).start()
                threading.Thread(target=self.down, args=(server, client, address[1]), daemon=True).start()

    @staticmethod
    def up(client, server):
        with contextlib.suppress(OSError):
            while part := client.recv(65536):
                server.sendall(part)

    def down(self, server, client, client_port):
        with contextlib.suppress(OSError):
            while part := server.recv(65536):
                with self.lock:
                    if client_port in self.armed:
                        self.armed.discard(client_port)
                        self.cut += 1
                        break
                client.sendall(part)
        for each in (client, server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def lose(server, cutter, name, secret, request):
    """Asks through the proxy, and must not get an answer."""
    # TLS 1.2: after its handshake the server sends nothing by itself. Under 1.3 it sends tickets, and cutting at
    # those would be too early.
    connection = Connection(server.root, cutter.own_port, newest=ssl.TLSVersion.TLSv1_2)
    connection.http.connect()
    cutter.arm(connection.http.sock.getsockname()[1])
    try:
        connection.enroll(name, secret, request)
    except GONE:
        return
    finally:
        connection.http.close()
    raise Failure("the proxy let an answer through")


def device(server, cutter, again, name, secret, serial):
    request = make_request(serial)
    lose(server, cutter, name, secret, request)
    return again.enroll(name, secret, request)


def work(server, cutter, grant, serials, received, failures):
    try:
        again = Connection(server.root, server.port())
        while True:
            serial = serials.get_nowait()
            received[serial] = device(server, cutter, again, grant["name"], grant["secret"], serial)
    except queue.Empty:
        return
    except Exception as failure:
        failures.append(f"{type(failure).__name__}: {failure}")


def under_a_grant(server, cutter, count, threads=8):
    grant = server.add_grant("operational", count)
    serials, received, failures = queue.Queue(), {}, []
    for number in range(count):
        serials.put(f"LOST-{number}")
    workers = [
        threading.Thread(target=work, args=(server, cutter, grant, serials, received, failures)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    expect(not failures, f"{len(failures)} devices: {failures[:3]}")
    shown = server.command("grant", "show", grant["name"])
    expect_equal((len(received), shown["issued"], shown["left"]), (count, count, 0), "certificates, issued, left")
    # Each second answer was a repetition, so that each first one was committed before its answer was dropped.
    expect_equal(shown["repeated"], count, "answers given again")
    return received


def under_one_time_secrets(server, cutter, count):
    again, received = Connection(server.root, server.port()), {}
    for number in range(count):
        serial = f"LOST-S{number}"
        secret = server.add_device(serial)["secret"]
        received[serial] = device(server, cutter, again, serial, secret, serial)
    return received


def main(count):
    server, began = Installation(), time.monotonic()
    try:
        server.start()
        cutter = Cutter(server.port())
        received = under_a_grant(server, cutter, count)
        received.update(under_one_time_secrets(server, cutter, min(count, 20)))
        expect_equal(cutter.cut, len(received), "connections cut")
        check(server, received)
    except Failure as failure:
        sys.exit(f"lost answers: FAILED: {failure}\n{server.log()}")
    finally:
        server.remove()
    print(f"lost answers: passed: {len(received)} answers dropped, every device has its certificate, "
          f"each counted once, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    main(parser.parse_args().count)
