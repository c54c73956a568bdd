import GRDB
import WireFormats

extension SQLiteAccess {
  func deviceCounts(in organization: OrganizationID) throws -> [DeviceRecord.State: Int] {
    let counts = try all(
      "SELECT state, count FROM device_counts WHERE organization = ?", [organization], of: "device_counts"
    ) { columns throws(StoreError) -> (DeviceRecord.State, Int) in (try columns.choice(), try columns.count()) }
    return Dictionary(counts) { first, _ in first }
  }

  func countDevices(
    overdueAt instant: Instant, upTo most: Int, in organization: OrganizationID
  ) throws -> Tally {
    try tally(
      """
      SELECT 1 FROM devices INDEXED BY devices_renewal
      WHERE organization = ? AND renewal_due_at < ? AND state = 'active'
      """, [organization, instant], upTo: most)
  }

  func countDevices(
    expiringIn range: Range<Instant>, upTo most: Int, in organization: OrganizationID
  ) throws -> Tally {
    try tally(
      """
      SELECT 1 FROM devices INDEXED BY devices_expiry
      WHERE organization = ? AND expires_at >= ? AND expires_at < ? AND state = 'active'
      """, [organization, range.lowerBound, range.upperBound], upTo: most)
  }

  private func tally(_ sql: String, _ arguments: [any SQLiteBindable], upTo most: Int) throws -> Tally {
    let counted = try number("SELECT count(*) FROM (\(sql) LIMIT ?)", arguments + [most.saturatedSuccessor]) ?? 0
    return Tally(count: min(Int(clamping: counted), most), isAtLeast: counted > most)
  }

  func activity(since instant: Instant, in organization: OrganizationID) throws -> [ActivityCount] {
    try all(
      """
      SELECT act, outcome, code, sum(count) FROM activity_counts WHERE organization = ? AND since > ?
      GROUP BY act, outcome, code ORDER BY act, outcome, code
      """, [organization, instant - Span(milliseconds: Activity.period)], of: "activity_counts"
    ) { columns throws(StoreError) in
      ActivityCount(
        act: try columns.text(), outcome: try columns.text(), code: try columns.text(), count: try columns.count())
    }
  }

  func revocationListTimes(in organization: OrganizationID) throws -> [RevocationListTimes] {
    try all(
      "SELECT authority, number, this_update, next_update FROM revocation_lists WHERE organization = ? ORDER BY authority",
      [organization], of: RevocationList.table
    ) { columns throws(StoreError) in
      RevocationListTimes(
        authority: try columns.identifier(), number: try columns.integer(), thisUpdate: try columns.instant(),
        nextUpdate: try columns.instant())
    }
  }

  func groups(of filter: DeviceFilter, in organization: OrganizationID) throws -> [DeviceGroup] {
    let body = DeviceQuery(filter, in: organization).unordered
    // Counted here: to group them, SQLite would sort all devices in memory.
    var counts: [GroupTexts: Int] = [:]
    try each(
      selected: "SELECT devices.state, devices.product, devices.profile FROM \(body.sql)", body.arguments,
      of: DeviceRecord.table
    ) { columns throws(StoreError) in
      let texts = GroupTexts(
        state: try columns.text(), product: try columns.textIfAny(), profile: try columns.text())
      counts[texts, default: 0] += 1
    }
    return try counts.map { try DeviceGroup($0.key, count: $0.value) }
  }

  func storeSize() throws -> Int64 {
    try number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", []) ?? 0
  }
}

/// What the devices of a group share, as their rows have it.
private struct GroupTexts: Hashable {
  let state: String
  let product: String?
  let profile: String
}

extension DeviceGroup {
  fileprivate init(_ texts: GroupTexts, count: Int) throws(StoreError) {
    guard let state = DeviceRecord.State(rawValue: texts.state), let profile = ProfileName(rawValue: texts.profile)
    else { throw .malformed("devices, state or profile") }
    self.init(state: state, product: texts.product, profile: profile, count: count)
  }
}

extension SQLiteWriter {
  /// One row for each kind of thing in a commit, however many there are.
  func count(_ activities: [Activity], in organization: OrganizationID) throws(StoreError) {
    var counts: [Activity: Int] = [:]
    for activity in activities { counts[activity, default: 0] += 1 }
    for (activity, count) in counts {
      try execute(
        """
        INSERT INTO activity_counts (organization, since, act, outcome, code, count) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET count = count + excluded.count
        """, [organization, activity.since, activity.act, activity.outcome, activity.code, count])
    }
    guard let newest = activities.map(\.since).max() else { return }
    try execute(
      "DELETE FROM activity_counts WHERE organization = ? AND since < ?", [organization, newest - Activity.kept])
  }
}
