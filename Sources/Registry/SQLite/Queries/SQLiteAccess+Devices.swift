import WireFormats

extension SQLiteAccess {
  func device(_ id: DeviceID, in organization: OrganizationID) throws -> DeviceRecord? {
    try first(DeviceRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func device(
    serial: String, manufacturer: String, in organization: OrganizationID
  ) throws -> DeviceRecord? {
    try first(
      DeviceRecord.self, "WHERE organization = ? AND serial = ? AND manufacturer = ?",
      [organization, serial, manufacturer])
  }

  func devices(serial: String, in organization: OrganizationID) throws -> [DeviceRecord] {
    try all(
      DeviceRecord.self, "WHERE organization = ? AND serial = ? ORDER BY manufacturer", [organization, serial])
  }

  func devices(
    matching filter: DeviceFilter, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<DeviceRecord> {
    var conditions = filter.conditions(in: organization)
    if let cursor {
      let parts = try cursor.texts(2)
      conditions.add("(serial, manufacturer) > (?, ?)", parts[0], parts[1])
    }
    let rows = try all(
      DeviceRecord.self, conditions.clause + " ORDER BY serial, manufacturer LIMIT ?",
      conditions.arguments + [max(limit, 1).saturatedSuccessor])
    return Page(rows, limit: limit) { Cursor(texts: [$0.serial, $0.manufacturer]) }
  }

  func countDevices(matching filter: DeviceFilter, in organization: OrganizationID) throws -> Int {
    let conditions = filter.conditions(in: organization)
    return Int(try number("SELECT count(*) FROM devices " + conditions.clause, conditions.arguments) ?? 0)
  }
}

extension DeviceFilter {
  fileprivate func conditions(in organization: OrganizationID) -> Conditions {
    var conditions = Conditions("organization = ?", organization)
    conditions.addIfSet("serial = ?", serial)
    conditions.addIfSet("manufacturer = ?", manufacturer)
    if let serialPrefix {
      // A range of the index. U+10FFFF sorts behind all that a serial holds.
      conditions.add("serial >= ? AND serial < ?", serialPrefix, serialPrefix + "\u{10FFFF}")
    }
    conditions.addIfSet("kind = ?", kind)
    conditions.addIfSet("state = ?", state)
    conditions.addIfSet("profile = ?", profile)
    conditions.addIfSet("product = ?", product)
    conditions.addIfSet("lot = ?", lot)
    conditions.addIfSet("renewal_due_at < ?", renewalDueBefore)
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      conditions.add(
        "id IN (SELECT device FROM device_labels WHERE organization = ? AND key = ? AND value = ?)", organization, key,
        value)
    }
    return conditions
  }
}

extension SQLiteWriter {
  func insert(_ device: DeviceRecord) throws {
    try execute(
      """
      INSERT INTO devices (\(DeviceRecord.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, try device.values)
    try insertLabels(of: device)
  }

  func update(_ device: DeviceRecord) throws {
    guard let old = try self.device(device.id, in: device.organization) else { throw StoreError.missing("device") }
    try execute(
      """
      UPDATE devices SET (\(DeviceRecord.columns)) =
      (?1, ?2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?1 AND organization = ?2
      """, try device.values)
    if old.labels != device.labels {
      try execute(
        "DELETE FROM device_labels WHERE organization = ? AND device = ?", [device.organization, device.id])
      try insertLabels(of: device)
    }
    let standing =
      (old.state, old.profile, old.readmittedUntil) != (device.state, device.profile, device.readmittedUntil)
    if standing { try recordStandingChange(of: .device(device.id), in: device.organization) }
  }

  func recordContact(
    of device: DeviceID, at instant: Instant, door: String, renewalDueAt: Instant?, in organization: OrganizationID
  ) throws {
    let changed = try execute(
      """
      UPDATE devices SET last_contact_at = ?1, last_contact_door = ?2, renewal_due_at = coalesce(?3, renewal_due_at),
        state_at = CASE state WHEN 'registered' THEN ?1 ELSE state_at END,
        state_by = CASE state WHEN 'registered' THEN ?2 ELSE state_by END,
        state = CASE state WHEN 'registered' THEN 'active' ELSE state END
      WHERE organization = ?4 AND id = ?5
      """, [instant, door, renewalDueAt, organization, device])
    if changed == 0 { throw StoreError.missing("device") }
  }

  private func insertLabels(of device: DeviceRecord) throws {
    for (key, value) in device.labels {
      try execute(
        "INSERT INTO device_labels (organization, key, value, device) VALUES (?, ?, ?, ?)",
        [device.organization, key, value, device.id])
    }
  }
}
