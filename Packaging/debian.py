"""The Debian package: control file, maintainer scripts, and the libraries that the program really links."""

import re
import shutil
import subprocess
from pathlib import Path

from Interop.harness import ROOT, run

CONTROL = """Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: The Touchmark maintainers <maintainers@touchmark.invalid>
Installed-Size: {size}
Depends: {depends}{more}
Section: net
Priority: optional
Description: {description}
"""

# What depends on the package alone: other relations, and its description.
ABOUT = {
    "touchmark": (", passwd", """gives each connected device an identity of its own
 Touchmark is a certificate authority for connected devices. It enrolls them at the factory over EST, renews their
 certificates, answers whether they are still good, and keeps a log whose past cannot be changed unseen."""),
    # tss2 is loaded where there is a TPM, and only there.
    "touchmark-agent": ("""
Recommends: libtss2-tctildr0 | libtss2-tctildr0t64, libtss2-tcti-device0 | libtss2-tcti-device0t64""",
                        """gets a device its certificate and keeps it valid
 The program on a device that enrolls with a Touchmark authority: its key in the TPM, on a PKCS #11 token or in a file, its
 certificate renewed in time, its revocation lists kept fresh."""),
}

SCRIPTS = {"touchmark": "debian", "touchmark-agent": "agent/debian"}


def architecture():
    return run("dpkg", "--print-architecture").out.decode().strip()


def dependencies(program):
    """The packages that hold the linked libraries, each at least as new as the one that it was built against."""
    found = {}
    for path in re.findall(r"=> (/\S+)", run("ldd", program).out.decode()):
        name, version = owner(path)
        found[name] = f"{name} (>= {version})"
    return ", ".join(found[name] for name in sorted(found))


def owner(library):
    # dpkg knows a library by the place that it had before /lib became a link.
    for path in (library, str(Path(library).resolve()), library.removeprefix("/usr")):
        result = run("dpkg", "-S", path, code=None)
        if result.code == 0:
            name = result.out.decode().split(":")[0]
            version = run("dpkg-query", "-W", "-f", "${Version}", name).out.decode()
            # Without the packager's own revisions: a security update's predecessor serves as well.
            return name, re.sub(r"[-+~].*$", "", version)
    raise SystemExit(f"no package holds {library}")


def build(program, tree, version, folder, name="touchmark"):
    """Returns the package's path. `tree` is what goes below /usr."""
    root = folder / "deb"
    shutil.copytree(tree, root / "usr")
    control = root / "DEBIAN"
    control.mkdir()
    size = sum(each.stat().st_size for each in tree.rglob("*") if each.is_file()) // 1024
    more, description = ABOUT[name]
    (control / "control").write_text(CONTROL.format(
        name=name, version=version, architecture=architecture(), size=size, depends=dependencies(program), more=more,
        description=description))
    for script in ("postinst", "prerm", "postrm"):
        shutil.copyfile(ROOT / "Packaging" / SCRIPTS[name] / script, control / script)
        (control / script).chmod(0o755)
    package = folder / f"{name}_{version}_{architecture()}.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", root, package], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(root)
    return package
