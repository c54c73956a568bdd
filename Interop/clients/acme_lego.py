"""lego, whose requests bear the first name as CN, with http-01 on loopback."""

from cryptography import x509

from Interop.acme_world import world
from Interop.harness import expect, run


def lego(context, folder, *arguments, code=0, profile="lab", kid=None, secret=None):
    here = world(context)
    binding = ["--eab", "--kid", kid, "--hmac", secret] if kid else []
    return run(
        "lego", "--accept-tos", "--email", "ops@example.com", "--server", here.directory(profile), "--path", folder,
        *binding, *arguments, code=code, env={"LEGO_CA_CERTIFICATES": str(here.server.root)}, seconds=300)


def certificate(folder, name):
    return x509.load_pem_x509_certificate((folder / "certificates" / f"{name}.crt").read_bytes())


def case_http(context, folder):
    """lego enrolls by http-01, renews, and revokes"""
    here = world(context)
    web = ["--http", "--http.port", f"127.0.0.1:{here.http_port}", "-d", "lego.test"]
    lego(context, folder, *web, "run")
    first = certificate(folder, "lego.test")
    lego(context, folder, *web, "renew", "--days", "90", "--no-random-sleep")
    second = certificate(folder, "lego.test")
    expect(first.serial_number != second.serial_number, "lego did not renew")
    lego(context, folder, "-d", "lego.test", "revoke")
    shown = here.server.command("certificate", "show", f"{second.serial_number:x}")
    expect(shown["status"] == "revoked", f"the certificate is {shown['status']}")


BROKER = """name: broker
authority: operational
kind: application
subject:
  - commonName: "{serial}"
honor: [subject-alternative-names.dns]
keys: [P-256, P-384, RSA-2048]
validity: 30d
renewal: {window: 10d, grace: 5d, early: true}
key-usage: [digitalSignature]
extended-key-usage: [serverAuth, clientAuth]
ask: [secret, grant, certificate]
protocols: [acme]
"""


def case_bound(context, folder):
    """lego with external account binding: a device's secret, once for the first certificate; its renewal needs none"""
    here = world(context)
    (folder / "broker.yaml").write_text(BROKER)
    here.server.command("profile", "apply", folder / "broker.yaml")
    secret = here.server.command("device", "add", "bound.test", "--profile", "broker", "--mac")["secret"]
    web = ["--http", "--http.port", f"127.0.0.1:{here.http_port}"]
    wrong = folder / "wrong"
    wrong.mkdir()
    said = lego(
        context, wrong, *web, "-d", "bound.test", "run", profile="broker", kid="bound.test", secret="A" * 43, code=None)
    expect(said.code != 0, "a wrong MAC was taken")
    lego(context, folder, *web, "-d", "bound.test", "run", profile="broker", kid="bound.test", secret=secret)
    lego(
        context, folder, *web, "-d", "bound.test", "renew", "--days", "90", "--no-random-sleep", profile="broker",
        kid="bound.test", secret=secret)
    said = lego(
        context, folder, *web, "-d", "other.test", "run", profile="broker", kid="bound.test", secret=secret, code=None)
    expect(said.code != 0 and "rejectedIdentifier" in said.text, f"another name was taken\n{said.text}")
