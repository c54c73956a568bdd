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
    let query = DeviceQuery(filter, in: organization)
    let asked = try query.page(after: cursor, limit: limit)
    let found = try rows(selected: asked.sql, asked.arguments, of: DeviceRecord.table) { columns throws(StoreError) in
      (record: try DeviceRecord(columns: &columns), row: try columns.integer())
    }
    let page = Page(found, limit: limit) { query.cursor(behind: $0.record, row: $0.row) }
    return Page(items: page.items.map(\.record), next: page.next)
  }

  func countDevices(matching filter: DeviceFilter, in organization: OrganizationID) throws -> Int {
    let body = DeviceQuery(filter, in: organization).body
    let counted = try rows(selected: "SELECT count(*) FROM \(body.sql)", body.arguments, of: DeviceRecord.table) {
      columns throws(StoreError) in try columns.count()
    }
    return counted.first ?? 0
  }
}

extension SQLiteWriter {
  func insert(_ device: DeviceRecord) throws {
    try execute(
      """
      INSERT INTO devices (\(DeviceRecord.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, try device.values)
    try insertLabels(of: device)
  }

  func update(_ device: DeviceRecord) throws {
    guard let old = try self.device(device.id, in: device.organization) else { throw StoreError.missing("device") }
    try replace(old, by: device)
    if (old.labels, old.serial, old.manufacturer) != (device.labels, device.serial, device.manufacturer) {
      try deleteLabels(of: old)
      try insertLabels(of: device)
    }
    let standing =
      (old.state, old.profile, old.readmittedUntil) != (device.state, device.profile, device.readmittedUntil)
    if standing { try recordStandingChange(of: .device(device.id), in: device.organization) }
  }

  private func replace(_ old: DeviceRecord, by device: DeviceRecord) throws {
    // A statement touches the index of every column that it names: standing alone changes most often.
    if old.standing(as: device) == device {
      try execute(
        """
        UPDATE devices SET state = ?, state_reason = ?, state_by = ?, state_at = ? WHERE organization = ? AND id = ?
        """,
        [device.state, device.stateReason, device.stateBy, device.stateAt, device.organization, device.id])
      return
    }
    try execute(
      """
      UPDATE devices SET (\(DeviceRecord.columns)) =
      (?1, ?2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?1 AND organization = ?2
      """, try device.values)
  }

  func recordContact(
    of device: DeviceID, at instant: Instant, door: String, renewalDueAt: Instant?, expiresAt: Instant?,
    in organization: OrganizationID
  ) throws {
    let changed = try execute(
      """
      UPDATE devices SET last_contact_at = ?1, last_contact_door = ?2, renewal_due_at = coalesce(?3, renewal_due_at),
        expires_at = coalesce(?6, expires_at),
        state_at = CASE state WHEN 'registered' THEN ?1 ELSE state_at END,
        state_by = CASE state WHEN 'registered' THEN ?2 ELSE state_by END,
        state = CASE state WHEN 'registered' THEN 'active' ELSE state END
      WHERE organization = ?4 AND id = ?5
      """, [instant, door, renewalDueAt, organization, device, expiresAt])
    if changed == 0 { throw StoreError.missing("device") }
  }

  private func insertLabels(of device: DeviceRecord) throws {
    for (key, value) in device.labels {
      try execute(
        """
        INSERT INTO device_labels (organization, key, value, serial, manufacturer, device) VALUES (?, ?, ?, ?, ?, ?)
        """, [device.organization, key, value, device.serial, device.manufacturer, device.id])
    }
  }

  private func deleteLabels(of device: DeviceRecord) throws {
    for (key, value) in device.labels {
      try execute(
        """
        DELETE FROM device_labels
        WHERE organization = ? AND key = ? AND value = ? AND serial = ? AND manufacturer = ?
        """, [device.organization, key, value, device.serial, device.manufacturer])
    }
  }
}

extension DeviceRecord {
  /// This record with the other's state, and all that is said about it.
  fileprivate func standing(as other: DeviceRecord) -> DeviceRecord {
    var copy = self
    (copy.state, copy.stateReason, copy.stateBy, copy.stateAt) =
      (other.state, other.stateReason, other.stateBy, other.stateAt)
    return copy
  }
}
