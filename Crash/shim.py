"""Builds the shim that forgets unsynced writes, says how to preload it, and reads what it counted."""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from Interop.harness import ROOT, Skip, expect

SOURCE = ROOT / "Crash/shim.c"
BUILT = ROOT / ".build/crash/forgetful.so"


def build():
    """The shared library, made with whatever C compiler there is; a Swift toolchain brings clang."""
    if sys.platform != "linux":
        raise Skip("unsynced writes are dropped with LD_PRELOAD, which is Linux's")
    if not BUILT.exists() or BUILT.stat().st_mtime < SOURCE.stat().st_mtime:
        compiler = next((found for name in ("clang", "cc", "gcc") if (found := shutil.which(name))), None)
        if not compiler:
            raise Skip("there is no C compiler")
        BUILT.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(BUILT), str(SOURCE), "-ldl", "-lpthread"],
            check=True)
    return BUILT


class Forgetfulness:
    """The environment of one preloaded process, and its counts, which outlive it."""

    def __init__(self, folder):
        self.path = Path(folder) / "forgetful.counts"
        self.environment = {"LD_PRELOAD": str(build()), "TOUCHMARK_SHIM_REPORT": str(self.path)}

    @property
    def counts(self):
        """Writes kept, syncs seen, and bytes that no sync had covered at the end."""
        return struct.unpack("QQQ", self.path.read_bytes()[:24])


CHILD = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("pragma journal_mode=wal")
database.execute("pragma synchronous=" + sys.argv[2])
database.execute("create table if not exists t (v)")
for value in range(200):
    database.execute("insert into t values (?)", (value,))
    other = sqlite3.connect(sys.argv[1])
    assert other.execute("select count(*) from t").fetchone()[0] == value + 1
    other.close()
os.kill(os.getpid(), signal.SIGKILL)
"""


def rows_after_a_crash(synchronous):
    """How many of 200 committed rows are there after a child of Python's own SQLite was killed under the shim."""
    import sqlite3
    with tempfile.TemporaryDirectory() as folder:
        shim, path = Forgetfulness(folder), str(Path(folder) / "t.sqlite")
        done = subprocess.run(
            [sys.executable, "-c", CHILD, path, synchronous], env={**os.environ, **shim.environment},
            capture_output=True)
        expect(done.returncode == -9, f"the child ended by itself: {done.stderr.decode()[-500:]}")
        expect(shim.counts[0] > 0, "the shim saw no write: it was not preloaded")
        try:
            return sqlite3.connect(path).execute("select count(*) from t").fetchone()[0]
        except sqlite3.Error:
            return 0


def prove():
    """The shim loses what was not synced and nothing else, before the server is held against it."""
    expect(rows_after_a_crash("full") == 200, "the shim loses what was synced")
    expect(rows_after_a_crash("off") < 200, "the shim loses nothing")
