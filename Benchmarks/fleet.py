"""A fleet of any size, written straight into an installation's store: devices, and one certificate each.

Nothing of it went through a door, and the log knows nothing of it; what reads, selects and revokes cannot tell.
"""

import hashlib
import sqlite3
import time

DAY = 86_400_000
PRODUCTS = ["pump", "valve", "meter", "drive", "sensor"]
BATCHES, LOTS = 100, 1000

DEVICE = """INSERT INTO devices (id, organization, manufacturer, serial, kind, profile, product, hardware_revision, lot,
  labels, state, registered_at, registered_by, last_contact_at, last_contact_door, renewal_due_at, expires_at)
  VALUES (?, ?, '', ?, 'device', 'operational', ?, ?, ?, ?, 'active', ?, 'generator', ?, 'est', ?, ?)"""
LABEL = """INSERT INTO device_labels (organization, key, value, serial, manufacturer, device)
  VALUES (?, 'batch', ?, ?, '', ?)"""
CERTIFICATE = """INSERT INTO certificates (organization, authority, serial, device, name, profile, profile_version,
  fingerprint, key_hash, not_before, not_after, issued_at, door, principal, key_origin, purpose, status, encoded)
  VALUES (?, ?, ?, ?, ?, 'operational', 1, ?, ?, ?, ?, ?, 'est', ?, 'software', 'operational', 'good', ?)"""


def serial(number):
    return f"SN-{number:07}"


def rows(count, organization, authority, encoded, now):
    """A device, its label and its certificate. One in a hundred is overdue; all else renews within three days."""
    for number in range(count):
        name, device = serial(number), f"bench{number:011}"
        registered = now - 365 * DAY + number * (360 * DAY // count)
        due = now - 3 * DAY + number % 3000 if number % 100 == 0 else now + number * (3 * DAY // count) + 1
        end = due + 2 * DAY + DAY // 2
        digest = hashlib.sha256(name.encode()).digest()
        batch = str(number % BATCHES)
        yield (
            (device, organization, name, PRODUCTS[number % 5], "AB"[number % 2], f"L{number % LOTS}",
             f'{{"batch":"{batch}"}}', registered, due - 5 * DAY, due, end),
            (organization, batch, name, device),
            (organization, authority, (registered << 80 | 1 << 72 | number).to_bytes(16, "big"), device, f"CN={name}",
             digest, hashlib.sha256(digest).digest(), due - 5 * DAY, end, due - 5 * DAY, f"device:{device}", encoded))


def fill(path, count, encoded):
    """Fills the store at `path`, which nobody has open. Returns seconds."""
    began = time.monotonic()
    store = sqlite3.connect(path, isolation_level=None)
    store.execute("PRAGMA synchronous = OFF")
    store.execute("PRAGMA cache_size = -400000")
    organization, = store.execute("SELECT id FROM organizations").fetchone()
    authority, = store.execute("SELECT id FROM authorities WHERE purpose = 'operational'").fetchone()
    now = int(time.time() * 1000)
    every = rows(count, organization, authority, encoded, now)
    store.execute("BEGIN")
    while batch := [row for _, row in zip(range(20_000), every)]:
        devices, labels, certificates = zip(*batch)
        store.executemany(DEVICE, devices)
        store.executemany(LABEL, labels)
        store.executemany(CERTIFICATE, certificates)
    store.execute("COMMIT")
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return time.monotonic() - began
