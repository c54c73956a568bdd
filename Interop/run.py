"""Runs every client against the real program, and fails on any failure and on any skip.

    python -m Interop.run                 all of them
    python -m Interop.run curl_est nginx  the ones whose file's name begins so
    KEEP=1 …                              leaves the temporary folders for a look
"""

import importlib
import sys
import tempfile
import time
import traceback
from pathlib import Path

from Interop.harness import Failure, Installation, Skip

# Named here one by one: a file that went missing is a failure, not a shorter lane.
CLIENTS = [
    "curl_est",
    "est_complete",
    "openssl_verify",
    "openssl_ocsp",
    "token_custody",
    "authorities_side_by_side",
    "strongswan_pki",
    "scep_strongswan",
    "scep_certmonger",
    "scep_python",
    "python_cryptography",
    "nginx_mutual_tls",
    "cmp_openssl",
    "tpm_tools",
    "tpm_running",
    "cmp_python",
    "existing_pki",
    "readme_tour",
    "pkilint_objects",
    "prometheus",
    "acme_certbot",
    "acme_lego",
    "acme_library",
    "token_away",
    "device_library",
    "crash_and_loss",
    "device_agent",
]


class Context:
    """Installations are made when a case first asks, and shared by all that ask after it."""

    def __init__(self):
        self.installations = {}
        self.notes = []
        self.failures = []

    def installation(self, name, *options):
        if name not in self.installations:
            made = self.installations[name] = Installation(*options)
            made.start()
        return self.installations[name]

    @property
    def production(self):
        """An authority with an address of its own, so that every profile issues. The name need not resolve here."""
        return self.installation("production", "--public-http", "http://pki.interop.example")

    @property
    def demonstration(self):
        """What a newcomer has: loopback addresses, and the lab profile."""
        return self.installation("demonstration", "--lab")

    def show_logs(self):
        for name, each in self.installations.items():
            print(f"\nthe last lines of the {name} server:\n{each.log()}", flush=True)

    def note(self, text):
        """A figure that the lane owes its reader, printed at the end."""
        self.notes.append(text)

    def close(self):
        for each in self.installations.values():
            each.remove()


def cases_of(module):
    found = [value for name, value in vars(module).items() if name.startswith("case_") and callable(value)]
    return sorted(found, key=lambda function: function.__code__.co_firstlineno)


# A case that fails is tried once more, with installations of its own, so that one lost race on a busy machine does not
# hold up a change; what it said the first time stays in the last lines for whoever mends it. A second failure of the
# same case, or more cases than this in one run, fail the lane.
UNSTEADY = 1


def outcome_of(context, function):
    """How one case went, and why, indented."""
    with tempfile.TemporaryDirectory(prefix="touchmark-case-") as folder:
        try:
            function(context, Path(folder))
            return "passed", ""
        except Skip as skip:
            return "skipped", f"\n    {skip}"
        except Failure as failure:
            return "failed", "\n    " + str(failure).replace("\n", "\n    ")
        except Exception:
            return "failed", "\n    " + traceback.format_exc().replace("\n", "\n    ")


def attempt(context, client, function, counts):
    name, began = f"{client}: {function.__doc__.strip().splitlines()[0].rstrip('.')}", time.monotonic()
    outcome, why = outcome_of(context, function)
    if outcome == "failed":
        print(f"failed once {name}{why}", flush=True)
        counts["unsteady"] += 1
        context.failures.append(f"failed once: {name}{why}")
        context.show_logs()
        if counts["unsteady"] <= UNSTEADY:
            fresh = Context()
            try:
                outcome, why = outcome_of(fresh, function)
            finally:
                fresh.close()
                context.notes += fresh.notes
    counts[outcome] += 1
    if outcome != "passed":
        context.failures.append(f"{name}{why}")
    print(f"{outcome:8} {time.monotonic() - began:6.1f} s  {name}{why}", flush=True)


def main(wanted):
    here = Path(__file__).parent / "clients"
    present = sorted(path.stem for path in here.glob("*.py") if path.stem != "__init__")
    if present != sorted(CLIENTS):
        sys.exit(f"interop: FAILED: the files are {present}, and the runner knows {sorted(CLIENTS)}")
    chosen = [name for name in CLIENTS if not wanted or any(name.startswith(each) for each in wanted)]
    counts, context, began = {"passed": 0, "failed": 0, "skipped": 0, "unsteady": 0}, Context(), time.monotonic()
    try:
        for client in chosen:
            cases = cases_of(importlib.import_module(f"Interop.clients.{client}"))
            if not cases:
                counts["failed"] += 1
                context.failures.append(f"{client}: it has no case")
            for function in cases:
                attempt(context, client, function, counts)
    finally:
        context.close()
    for note in context.notes:
        print(f"interop: {note}")
    # Said once more where a reader of the last lines finds it.
    for failure in context.failures:
        print(f"interop: {failure[:2000]}")
    good = chosen and counts["passed"] and not counts["failed"] and not counts["skipped"]
    print(
        f"interop: {'passed' if good else 'FAILED'}: {len(chosen)} clients, {counts['passed']} cases passed, "
        f"{counts['failed']} failed, {counts['skipped']} skipped, {counts['unsteady']} unsteady, "
        f"{time.monotonic() - began:.0f} s")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
