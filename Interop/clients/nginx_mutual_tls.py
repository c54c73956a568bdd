"""nginx with ssl_verify_client and ssl_crl: an active device gets in, a suspended one does not."""

import contextlib
import os
import signal
import subprocess
import time

from Interop.harness import (
    authorities, crl_files, enroll, expect, expect_equal, free_ports, run, tool)

CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_client_certificate {authorities};
    ssl_crl {crls};
    ssl_verify_client on;
    ssl_verify_depth 3;
    ssl_session_tickets off;
    location / {{ return 200 "$ssl_client_verify $ssl_client_s_dn\\n"; }}
  }}
}}
"""


def server_certificate(server, folder):
    """A certificate for nginx, in the one command that an operator has for it."""
    out = folder / "broker"
    server.plain("certificate", "issue", "broker.interop.example", "--profile", "server", "--out", out)
    files = sorted(out.rglob("*"))
    keys = [path for path in files if path.is_file() and "PRIVATE KEY" in path.read_text()]
    chains = [path for path in files if path.is_file() and "BEGIN CERTIFICATE" in path.read_text()]
    expect(len(keys) == 1 and chains, f"certificate issue wrote {[path.name for path in files]}")
    expect_equal(keys[0].stat().st_mode & 0o077, 0, "access of others to the key")
    # The file with most certificates is the one for ssl_certificate: the leaf first, then its issuers.
    return max(chains, key=lambda path: path.read_text().count("BEGIN CERTIFICATE")), keys[0]


@contextlib.contextmanager
def nginx(folder, configuration, port):
    path = folder / "nginx.conf"
    path.write_text(configuration)
    run("nginx", "-t", "-p", folder, "-c", path)
    process = subprocess.Popen(
        [tool("nginx"), "-p", str(folder), "-c", str(path)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            probe = run("curl", "-sk", "-o", "/dev/null", f"https://127.0.0.1:{port}/", code=None)
            if probe.code != 7:
                break
            expect(process.poll() is None, "nginx ended at its start")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGQUIT if process.poll() is None else 0)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def visit(server, port, device=None):
    client = ("--cert", device.certificate, "--key", device.key) if device else ()
    seen = run(
        "curl", "-sS", "--max-time", "20", "--cacert", server.root, "--resolve",
        f"broker.interop.example:{port}:127.0.0.1", *client, "-w", "\n%{http_code}",
        f"https://broker.interop.example:{port}/", code=None)
    return (seen.out.decode() or seen.text).strip()


def case_active_and_suspended(context, folder):
    """An active device gets in; it does not while suspended; it does again once resumed; a stranger never"""
    server = context.production
    os.chmod(folder, 0o755)
    device = enroll(server, "NGINX-1", folder=folder)
    # As an embedded client does: its own certificate, then the issuers.
    device.certificate.write_text(device.certificate.read_text() + device.chain.read_text())
    certificate, key = server_certificate(server, folder)
    (folder / "authorities.pem").write_text(server.root.read_text() + "".join(authorities(server)))

    def visited(who):
        crls = folder / "crls.pem"
        crls.write_bytes(b"".join(path.read_bytes() for path in crl_files(server, folder / "leaf.pem", folder)))
        port = free_ports(1)[0]
        configuration = "master_process off;" + CONFIGURATION.format(
            folder=folder, port=port, certificate=certificate, key=key, authorities=folder / "authorities.pem",
            crls=crls)
        with nginx(folder, configuration, port):
            return visit(server, port, who)

    run("openssl", "x509", "-in", device.certificate, "-out", folder / "leaf.pem")
    seen = visited(device)
    expect(seen.endswith("200") and "SUCCESS" in seen and "NGINX-1" in seen, f"an active device saw {seen}")
    server.command("device", "suspend", "NGINX-1", "--reason", "stolen")
    time.sleep(1)
    seen = visited(device)
    expect(seen.endswith("400") and "SUCCESS" not in seen, f"a suspended device saw {seen}")
    server.command("device", "resume", "NGINX-1", "--reason", "found")
    time.sleep(1)
    expect(visited(device).endswith("200"), "a resumed device did not get in")
    expect(visited(None).endswith("400"), "nobody got in")
