"""The Debian package: control file, maintainer scripts, and the libraries that the program really links."""

import re
import shutil
import subprocess
from pathlib import Path

from Interop.harness import ROOT, run

CONTROL = """Package: touchmark
Version: {version}
Architecture: {architecture}
Maintainer: The Touchmark maintainers <maintainers@touchmark.invalid>
Installed-Size: {size}
Depends: {depends}, passwd
Section: net
Priority: optional
Description: gives each connected device an identity of its own
 Touchmark is a certificate authority for connected devices. It enrolls them at the factory over EST, renews their
 certificates, answers whether they are still good, and keeps a log whose past cannot be changed unseen.
"""


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


def build(program, tree, version, folder):
    """Returns the package's path. `tree` is what goes below /usr."""
    root = folder / "deb"
    shutil.copytree(tree, root / "usr")
    control = root / "DEBIAN"
    control.mkdir()
    size = sum(each.stat().st_size for each in tree.rglob("*") if each.is_file()) // 1024
    (control / "control").write_text(CONTROL.format(
        version=version, architecture=architecture(), size=size, depends=dependencies(program)))
    for script in ("postinst", "prerm", "postrm"):
        shutil.copyfile(ROOT / "Packaging/debian" / script, control / script)
        (control / script).chmod(0o755)
    package = folder / f"touchmark_{version}_{architecture()}.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", root, package], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(root)
    return package
