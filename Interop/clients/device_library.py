"""The library for microcontrollers: the same answers on every target, and a C program that enrolls through it."""

import random
import shutil
import struct
import time
from pathlib import Path

from Interop.harness import authorities, crl_files, expect, expect_equal, issuer_of, run, tool

HERE = Path(__file__).resolve().parent.parent.parent
BUILT = HERE / ".build/device-library"
PROBE = HERE / "Tests/DeviceLibrary"
# How each target's probe is compiled and run; the toolchain's own clang and lld serve as the board's.
BOARDS = {
    "armv7em": (("--target=armv7em-none-none-eabi",), "qemu-arm"),
    "riscv32": (("--target=riscv32-none-none-eabi", "-march=rv32imac", "-mabi=ilp32"), "qemu-riscv32"),
}
WARNINGS = ("-std=c11", "-Wall", "-Wextra", "-Werror")
MUTATIONS = 3000


def built(context):
    """The library for every target, with what the command says of their sizes."""
    if not hasattr(context, "device_library"):
        said = run(HERE / "scripts/device-library", seconds=300).out.decode()
        for line in said.strip().splitlines():
            context.note(f"device library: {line}")
        context.device_library = BUILT
    return context.device_library


def toolchain(name):
    return Path(shutil.which("swiftc")).resolve().parent / name


def host_probe(folder):
    probe = folder / "probe-host"
    run(tool("cc"), *WARNINGS, "-I", BUILT / "host", PROBE / "probe.c", PROBE / "hosted.c", BUILT / "host/libtouchmark.a",
        "-o", probe)
    return (probe,)


def board_probe(target, folder):
    options, emulator = BOARDS[target]
    objects = []
    for source in ("probe", "board"):
        objects.append(folder / f"{target}-{source}.o")
        run(toolchain("clang"), *options, *WARNINGS, "-O1", "-ffreestanding", "-fno-builtin", "-I", BUILT / target, "-c",
            PROBE / f"{source}.c", "-o", objects[-1])
    probe = folder / f"probe-{target}"
    run(toolchain("ld.lld"), "-static", "--gc-sections", "-e", "_start", *objects, BUILT / target / "libtouchmark.a",
        "-o", probe)
    return (tool(emulator), probe)


def mutated(samples, count):
    """Damaged copies, the same ones each time."""
    draw = random.Random(5)
    for _ in range(count):
        bytes_ = bytearray(draw.choice(samples))
        for _ in range(draw.randint(1, 3)):
            place = draw.randrange(len(bytes_))
            how = draw.randrange(4)
            if how == 0:
                bytes_[place] ^= 1 << draw.randrange(8)
            elif how == 1:
                bytes_[place] = draw.choice((0, 1, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF, 0x30))
            elif how == 2 and len(bytes_) > 8:
                del bytes_[place:place + draw.randint(1, 8)]
            else:
                bytes_[place:place] = bytes_[place:place + draw.randint(1, 16)]
            if not bytes_:
                bytes_ = bytearray(b"0")
        yield bytes(bytes_)


def der_of(pem):
    return run("openssl", "x509", "-outform", "DER", stdin=pem.encode() if isinstance(pem, str) else pem).out


def case_every_target_says_the_same(context, folder):
    """armv7em and riscv32 under qemu, and the host, give the same answers to the same 3,000 records"""
    built(context)
    samples = [der_of(pem) for pem in authorities(context.production)]
    samples += [path.read_bytes() for path in sorted((HERE / "Fuzz/Corpus/DeviceFormats").iterdir())]
    records = samples + list(mutated(samples, MUTATIONS))
    given = b"".join(struct.pack(">I", len(each)) + each for each in records)
    probes = {"host": host_probe(folder), **{target: board_probe(target, folder) for target in BOARDS}}
    answers = {name: run(*probe, stdin=given, seconds=300).out for name, probe in probes.items()}
    lines = answers["host"].splitlines()
    expect_equal(len(lines), len(records), "answers")
    expect(sum(line.startswith(b"0 ") for line in lines) > len(records) / 20, "hardly any record was read")
    for target in BOARDS:
        for number, (one, other) in enumerate(zip(lines, answers[target].splitlines(), strict=True)):
            expect_equal(other, one, f"{target}'s answer to record {number}, {records[number].hex()}")


def case_c_program_enrolls(context, folder):
    """A C program with OpenSSL as the chip's crypto enrolls, renews, and sees itself suspended in the CRL"""
    server = context.production
    library = built(context) / "host"
    program = folder / "c-device"
    run(tool("cc"), *WARNINGS, "-I", library, *sorted((HERE / "Examples/c-device").glob("*.c")), library / "libtouchmark.a",
        "-lssl", "-lcrypto", "-o", program)
    device, root = folder / "device", folder / "root.der"
    device.mkdir()
    root.write_bytes(der_of(server.root.read_bytes()))
    secret = server.add_device("C-1")["secret"]
    place = ("localhost", str(server.port()), root, "C-1")
    shown = run(program, "enroll", *place, secret, device).out.decode()
    expect(shown.startswith("certificate for C-1 until "), shown)
    first = pem_of(device, folder)
    chain = folder / "chain.pem"
    chain.write_text("".join(authorities(server)))
    run("openssl", "verify", "-CAfile", server.root, "-untrusted", chain, "-purpose", "sslclient", first)
    before = first.read_text()
    run(program, "renew", *place, device)
    expect(pem_of(device, folder).read_text() != before, "the same certificate came back")

    good = run(program, "status", *list_and_issuer(server, device, folder, "good"), device).out.decode()
    expect(good.startswith("good, reason 0"), good)
    server.command("device", "suspend", "C-1", "--reason", "seen where it should not be")
    for attempt in range(100):
        held = run(program, "status", *list_and_issuer(server, device, folder, f"held-{attempt}"), device, code=None)
        if held.code == 3:
            break
        time.sleep(0.2)
    expect(held.code == 3 and held.out.startswith(b"revoked, reason 6"), held.text)
    refused = run(program, "renew", *place, device, code=1)
    expect("enrollment: 40" in refused.err.decode(), refused.err.decode())


def case_c_program_refuses_a_strange_server(context, folder):
    """The C program believes no server whose chain does not lead to its anchor, or that has not its name"""
    server = context.production
    library = built(context) / "host"
    program = folder / "c-device"
    run(tool("cc"), *WARNINGS, "-I", library, *sorted((HERE / "Examples/c-device").glob("*.c")), library / "libtouchmark.a",
        "-lssl", "-lcrypto", "-o", program)
    root, stranger, device = folder / "root.der", folder / "stranger.der", folder / "device"
    device.mkdir()
    root.write_bytes(der_of(server.root.read_bytes()))
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
        folder / "key", "-subj", "/CN=Stranger", "-outform", "DER", "-out", stranger)
    for host, anchor, code in (("localhost", stranger, 40), ("127.0.0.1", root, 18)):
        refused = run(program, "enroll", host, str(server.port()), anchor, "C-2", "A" * 43, device, code=1)
        expect(f"the server is not believed: {code}" in refused.err.decode(), refused.err.decode())


def pem_of(device, folder):
    pem = folder / "certificate.pem"
    run("openssl", "x509", "-inform", "DER", "-in", device / "certificate.der", "-out", pem)
    return pem


def list_and_issuer(server, device, folder, name):
    """The CRL of the device's issuer as it is now, and that issuer's certificate."""
    place = folder / name
    place.mkdir()
    pem = pem_of(device, folder)
    der, issuer = place / "list.der", place / "issuer.der"
    run("openssl", "crl", "-in", crl_files(server, pem, place)[0], "-outform", "DER", "-out", der)
    issuer.write_bytes(der_of(issuer_of(server, pem, place).read_bytes()))
    return der, issuer
