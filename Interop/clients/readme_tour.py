"""The five-minute tour of README.md, run word for word."""

import os

from Interop.harness import ROOT, binary, expect, free_ports, run

WRAPPER = """#!/bin/sh
[ "$1" != init ] || set -- "$@" --listen-https 127.0.0.1:{https} --listen-http 127.0.0.1:{http}
exec {binary} "$@"
"""


def blocks():
    """The fenced `sh` blocks of the tour's section, in order."""
    text = (ROOT / "README.md").read_text()
    section = text.split("## A tour in five minutes", 1)[1].split("\n## ", 1)[0]
    return [part.split("\n```", 1)[0] for part in section.split("```sh\n")[1:]]


def case_tour(context, folder):
    """Every command of the tour works as it stands"""
    commands = blocks()
    expect(len(commands) >= 5, f"the tour has {len(commands)} blocks")
    script = folder / "tour.sh"
    https, http = free_ports(2)
    text = "\n".join(f"echo '--- block {number}'\n{block}" for number, block in enumerate(commands, 1))
    # The tour names the ports that an installation has by default; here others are free, and `init` is told so.
    text = text.replace(":8443", f":{https}").replace(":8080", f":{http}")
    script.write_text(f"set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n{text}\necho '--- done'\n")
    program = folder / "bin"
    program.mkdir()
    wrapper = program / "touchmark"
    wrapper.write_text(WRAPPER.format(binary=binary(), https=https, http=http))
    wrapper.chmod(0o755)
    done = run("bash", script, cwd=folder, env={"PATH": f"{program}:{os.environ['PATH']}"}, code=None, seconds=300)
    expect(done.code == 0 and "--- done" in done.text, done.text[-3000:])
