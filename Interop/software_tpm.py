"""A real software TPM (swtpm) with endorsement certificates by a CA of its own, and tpm2-tools as its client."""

import hashlib
import os
import socket
import struct
import subprocess
import time

ENDORSEMENT = {"rsa": (0x81010001, 0x01C00002), "ecc": (0x81010016, 0x01C00016)}

# Event types of the TCG PC Client Platform Firmware Profile, 10.4.1.
EV_POST_CODE, EV_NO_ACTION, EV_SEPARATOR, EV_S_CRTM_VERSION = 0x1, 0x3, 0x4, 0x8
EV_EFI_ACTION, EV_EFI_BOOT_SERVICES_APPLICATION = 0x80000007, 0x80000003


def image(path):
    """UEFI_IMAGE_LOAD_EVENT, 10.2.3 there: where an image was loaded, and from which file."""
    name = (path + "\0").encode("utf-16le")
    device_path = struct.pack("<BBH", 4, 4, 4 + len(name)) + name + bytes.fromhex("7fff0400")
    return struct.pack("<QQQQ", 0x1000, 0x2000, 0, len(device_path)) + device_path


# What a small gateway measures: register, type, data, and what was measured where that is not the data itself.
BOOT = [
    (0, EV_S_CRTM_VERSION, "1.4.2".encode("utf-16le"), None),
    (0, EV_POST_CODE, b"firmware volume", b"the firmware's own code"),
    (1, EV_EFI_ACTION, b"Configuration as delivered", None),
    (7, EV_EFI_ACTION, b"SecureBoot is on", None),
    *[(register, EV_SEPARATOR, bytes(4), None) for register in range(8)],
    (4, EV_EFI_ACTION, b"Calling EFI Application from Boot Option", None),
    (4, EV_EFI_BOOT_SERVICES_APPLICATION, image("\\EFI\\BOOT\\BOOTX64.EFI"), b"the boot loader"),
    (9, EV_EFI_BOOT_SERVICES_APPLICATION, image("\\vmlinuz-6.12"), b"the kernel"),
]


def free_ports():
    for port in range(21_000 + os.getpid() % 9_000, 32_000, 2):
        try:
            for number in (port, port + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
            return port
        except OSError:
            continue
    raise OSError("no port is free")


class SoftwareTPM:
    """A TPM in a folder. With `authority`, another's folder, one CA makes both endorsement certificates."""

    def __init__(self, folder, authority=None):
        self.folder = os.path.abspath(folder)
        self.authority = authority or os.path.join(self.folder, "authority")
        for name in (self.folder, self.authority, self.path("state")):
            os.makedirs(name, exist_ok=True)
        self.manufacture()
        self.process = self.port = None
        self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, octets):
        with open(self.path(name), "wb") as file:
            file.write(octets)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def manufacture(self):
        ca = self.authority
        self.write("localca.conf", f"statedir={ca}\nsigningkey={ca}/key.pem\nissuercert={ca}/issuer.pem\n"
                   f"certserial={ca}/serial\n".encode())
        self.write("localca.options", b"--platform-manufacturer Touchmark\n--platform-version 1\n"
                   b"--platform-model Gateway\n")
        self.write("setup.conf", f"create_certs_tool=/usr/bin/swtpm_localca\ncreate_certs_tool_config="
                   f"{self.path('localca.conf')}\ncreate_certs_tool_options={self.path('localca.options')}\n".encode())
        subprocess.run(["swtpm_setup", "--tpm2", "--tpmstate", self.path("state"), "--create-ek-cert", "--config",
                        self.path("setup.conf"), "--pcr-banks", "sha1,sha256,sha384", "--logfile",
                        self.path("setup.log")], check=True, stdout=subprocess.DEVNULL)

    def start(self):
        """Powers it on, where it was before. Registers are as after a reset."""
        port = self.port = self.port or free_ports()
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.path('state')}", "--server",
             f"type=tcp,port={port},bindaddr=127.0.0.1", "--ctrl", f"type=tcp,port={port + 1},bindaddr=127.0.0.1",
             "--flags", "not-need-init,startup-clear"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.configuration = f"swtpm:host=127.0.0.1,port={port}"
        self.environment = dict(
            os.environ, TPM2TOOLS_TCTI=self.configuration, TPM2OPENSSL_TCTI=self.configuration)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port + 1), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise OSError("swtpm does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def reset(self):
        self.stop()
        self.start()

    def run(self, tool, *arguments, check=True):
        result = subprocess.run(["tpm2_" + tool, *map(str, arguments)], env=self.environment, cwd=self.folder,
                                capture_output=True, check=False)
        if check and result.returncode != 0:
            raise AssertionError(f"tpm2_{tool} {arguments}: {result.stderr.decode()}")
        if tool != "flushcontext":
            subprocess.run(["tpm2_flushcontext", "-t"], env=self.environment, capture_output=True, check=False)
        return result

    # Keys

    def endorsement_certificate(self, kind):
        self.run("nvread", hex(ENDORSEMENT[kind][1]), "-o", f"ek-{kind}.der")
        return self.read(f"ek-{kind}.der")

    def endorsement_key(self, kind):
        self.run("readpublic", "-c", hex(ENDORSEMENT[kind][0]), "-f", "tss", "-o", f"ek-{kind}.pub")
        return self.read(f"ek-{kind}.pub")

    def manufacturer(self):
        """The CA's certificates, root first, as DER."""
        result = []
        for name in ("swtpm-localca-rootca-cert.pem", "issuer.pem"):
            run = subprocess.run(["openssl", "x509", "-in", os.path.join(self.authority, name), "-outform", "DER"],
                                 capture_output=True, check=True)
            result.append(run.stdout)
        return result

    def attestation_key(self, kind, handle, endorsement, scheme=None, digest="sha256"):
        scheme = scheme or ("ecdsa" if kind == "ecc" else "rsassa")
        name = f"ak-{handle:x}"
        self.run("createak", "-C", hex(ENDORSEMENT[endorsement][0]), "-G", kind, "-g", digest, "-s", scheme, "-c",
                 name + ".ctx", "-u", name + ".pub", "-n", name + ".name")
        self.run("evictcontrol", "-C", "o", "-c", name + ".ctx", hex(handle))
        return self.read(name + ".pub")

    def key(self, handle, kind="ecc", attributes="fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign"):
        name = f"key-{handle:x}"
        self.run("createprimary", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", "primary.ctx")
        self.run("create", "-C", "primary.ctx", "-G", kind, "-g", "sha256", "-u", name + ".pub", "-r", name + ".priv",
                 "-a", attributes)
        self.run("load", "-C", "primary.ctx", "-u", name + ".pub", "-r", name + ".priv", "-c", name + ".ctx")
        self.run("evictcontrol", "-C", "o", "-c", name + ".ctx", hex(handle))
        return self.read(name + ".pub")

    def request(self, handle, subject):
        """A PKCS#10 request that the key signed: openssl with the provider for TPMs."""
        return subprocess.run(
            ["openssl", "req", "-provider", "tpm2", "-provider", "default", "-new", "-key", f"handle:{handle:#x}",
             "-subj", subject], env=self.environment, capture_output=True, check=True).stdout.decode()

    def activate(self, kind, handle, credential, secret):
        """TPM2_ActivateCredential, with tpm2-tools' own file format around both."""
        self.write("credential", struct.pack(">II", 0xBADCC0DE, 1) + credential + secret)
        command = ["activatecredential", "-c", hex(handle), "-C", hex(ENDORSEMENT[kind][0]), "-i", "credential", "-o",
                   "secret"]
        # The low range's template wants its policy, the high range's takes the empty authorization.
        if kind == "rsa":
            self.run("startauthsession", "--policy-session", "-S", "session.ctx")
            self.run("policysecret", "-S", "session.ctx", "-c", "e")
            command += ["-P", "session:session.ctx"]
        result = self.run(*command, check=False)
        if kind == "rsa":
            self.run("flushcontext", "session.ctx")
        return self.read("secret") if result.returncode == 0 else None

    def certify(self, key, attestation_key, nonce):
        """TPM2_Certify with a nonce, which tpm2_certify of Debian 12 cannot pass: the command's own octets."""
        session = struct.pack(">IHBH", 0x40000009, 0, 0, 0)
        body = struct.pack(">II", key, attestation_key) + struct.pack(">I", 2 * len(session)) + session * 2
        body += struct.pack(">H", len(nonce)) + nonce + struct.pack(">H", 0x0010)
        command = struct.pack(">HII", 0x8002, 10 + len(body), 0x148) + body
        self.write("command", command)
        self.run("send", "-o", "response", "command")
        response = self.read("response")
        code = struct.unpack(">I", response[6:10])[0]
        if code != 0:
            raise AssertionError(f"TPM2_Certify: {code:#x}")
        parameters = response[14:14 + struct.unpack(">I", response[10:14])[0]]
        size = struct.unpack(">H", parameters[:2])[0]
        return parameters[2:2 + size], parameters[2 + size:]

    def quote(self, attestation_key, nonce, selection="sha256:0,1,4,7"):
        self.run("quote", "-c", hex(attestation_key), "-l", selection, "-q", nonce.hex(), "-m", "quote", "-s",
                 "signature", "-g", "sha256")
        return self.read("quote"), self.read("signature")

    def registers(self, selection="sha256:0,1,4,7"):
        """Values by bank and register, in hex."""
        values, bank = {}, None
        for line in self.run("pcrread", selection).stdout.decode().splitlines():
            name, _, value = line.strip().partition(":")
            if value.strip():
                values[bank][name.strip()] = value.strip().removeprefix("0x").lower()
            else:
                bank = name
                values[bank] = {}
        return values

    def boot(self, events=BOOT, banks=("sha256", "sha384")):
        """Measures a boot, and returns its log."""
        for register, kind, data, measured in events:
            if kind != EV_NO_ACTION:
                digests = [f"{bank}={hashlib.new(bank, measured or data).hexdigest()}" for bank in banks]
                self.run("pcrextend", f"{register}:" + ",".join(digests))
        return event_log(events, banks)


def event_log(events, banks=("sha256", "sha384")):
    """The crypto-agile log, 10.2 of the Platform Firmware Profile."""
    identifiers = {"sha1": 0x4, "sha256": 0xB, "sha384": 0xC}
    head = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(banks))
    for bank in banks:
        head += struct.pack("<HH", identifiers[bank], hashlib.new(bank).digest_size)
    head += b"\0"
    log = struct.pack("<II", 0, EV_NO_ACTION) + bytes(20) + struct.pack("<I", len(head)) + head
    for register, kind, data, measured in events:
        log += struct.pack("<III", register, kind, len(banks))
        for bank in banks:
            log += struct.pack("<H", identifiers[bank]) + hashlib.new(bank, measured or data).digest()
        log += struct.pack("<I", len(data)) + data
    return log
