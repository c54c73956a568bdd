extension Migrations {
  /// Selections, counts and acts on many.
  ///
  /// Every index here is on devices: those that a first enrollment or a renewal touches are the two of moments (where
  /// both the old and the new place are hot) and, once, the one of states. Counts by triggers, so that no writer forgets.
  static let migration0004 = """
    ALTER TABLE devices ADD COLUMN expires_at INTEGER;
    UPDATE devices SET expires_at = (
      SELECT max(c.not_after) FROM certificates c
      WHERE c.device = devices.id AND c.organization = devices.organization AND c.not_after < 253402300799000);

    CREATE INDEX devices_product ON devices (organization, product, serial, manufacturer) WHERE product IS NOT NULL;
    CREATE INDEX devices_hardware ON devices (organization, hardware_revision, serial, manufacturer)
      WHERE hardware_revision IS NOT NULL;
    CREATE INDEX devices_lot ON devices (organization, lot, serial, manufacturer) WHERE lot IS NOT NULL;
    CREATE INDEX devices_profile ON devices (organization, profile, serial, manufacturer);
    CREATE INDEX devices_standing ON devices (organization, state, serial, manufacturer) WHERE state <> 'active';
    CREATE INDEX devices_registered ON devices (organization, registered_at, state);
    CREATE INDEX devices_renewal ON devices (organization, renewal_due_at, state) WHERE renewal_due_at IS NOT NULL;
    CREATE INDEX devices_expiry ON devices (organization, expires_at, state) WHERE expires_at IS NOT NULL;

    -- With the serial in it, a page of a list by label is read from one place of the index.
    CREATE TABLE device_labels_0004 (
      organization TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, serial TEXT NOT NULL,
      manufacturer TEXT NOT NULL, device TEXT NOT NULL,
      PRIMARY KEY (organization, key, value, serial, manufacturer)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO device_labels_0004
      SELECT l.organization, l.key, l.value, d.serial, d.manufacturer, l.device FROM device_labels l
      JOIN devices d ON d.organization = l.organization AND d.id = l.device;
    DROP TABLE device_labels;
    ALTER TABLE device_labels_0004 RENAME TO device_labels;

    CREATE TABLE device_counts (
      organization TEXT NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY (organization, state)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO device_counts SELECT organization, state, count(*) FROM devices GROUP BY organization, state;
    CREATE TRIGGER devices_counted AFTER INSERT ON devices BEGIN
      INSERT INTO device_counts (organization, state, count) VALUES (new.organization, new.state, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
    END;
    CREATE TRIGGER devices_recounted AFTER UPDATE OF state ON devices WHEN old.state <> new.state BEGIN
      UPDATE device_counts SET count = count - 1 WHERE organization = old.organization AND state = old.state;
      INSERT INTO device_counts (organization, state, count) VALUES (new.organization, new.state, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
    END;
    CREATE TRIGGER devices_uncounted AFTER DELETE ON devices BEGIN
      UPDATE device_counts SET count = count - 1 WHERE organization = old.organization AND state = old.state;
    END;

    -- How often what was done or refused, by ten minutes; kept for 32 days.
    CREATE TABLE activity_counts (
      organization TEXT NOT NULL, since INTEGER NOT NULL, act TEXT NOT NULL, outcome TEXT NOT NULL,
      code TEXT NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY (organization, since, act, outcome, code)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE bulk_acts (
      organization TEXT NOT NULL, id TEXT NOT NULL, act TEXT NOT NULL, selection TEXT NOT NULL,
      parameters TEXT NOT NULL, state TEXT NOT NULL, members INTEGER NOT NULL, members_digest BLOB NOT NULL,
      processed INTEGER NOT NULL, done INTEGER NOT NULL, created_at INTEGER NOT NULL, actor_name TEXT NOT NULL,
      actor_role TEXT NOT NULL, actor_fingerprint BLOB NOT NULL, started_at INTEGER, finished_at INTEGER,
      PRIMARY KEY (organization, id)
    ) STRICT;
    CREATE INDEX bulk_acts_open ON bulk_acts (organization, state, id) WHERE finished_at IS NULL;
    CREATE TABLE bulk_members (
      organization TEXT NOT NULL, act TEXT NOT NULL, position INTEGER NOT NULL, device TEXT, authority TEXT,
      serial BLOB, refusal TEXT,
      PRIMARY KEY (organization, act, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bulk_members_device ON bulk_members (organization, device, act) WHERE device IS NOT NULL;
    """
}
