/// A list of certificates as SQL: led by their devices where those are few, by expiry where that is bounded, and by
/// issuance otherwise.
struct CertificateQuery {
  private enum Order {
    case device(place: String)
    case expiry, issuance
  }

  private let order: Order
  private let source: String
  private let conditions: [SQLCondition]

  init(_ filter: CertificateFilter, in organization: OrganizationID) {
    let parts = filter.selection?.condition.conjuncts ?? []
    let ofDevices = parts.filter { part in
      if case .compares(let comparison) = part { comparison.field.isOfDevice } else { false }
    }
    let driver = DeviceDriver.leading(ofDevices, in: organization)
    let isLed = driver.isNarrow && driver.order == .serial && filter.device == nil
    var conditions = filter.conditions(in: organization)
    if isLed {
      order = .device(place: driver.place)
      source = """
        \(driver.source) CROSS JOIN certificates INDEXED BY certificates_device \
        ON certificates.device = devices.id AND certificates.organization = devices.organization
        """
      conditions += [SQLCondition("devices.organization = ?", organization), driver.condition]
    } else {
      order = filter.isByExpiry || parts.contains(where: \.boundsExpiry) ? .expiry : .issuance
      source = Self.source(order, filter, parts)
    }
    if let selection = filter.selection {
      let compare = CertificateComparison(organization: organization, now: selection.now, isJoined: isLed)
      conditions.append(selection.condition.sql(compare.sql))
    }
    self.conditions = conditions
  }

  /// Without statistics the planner would take any index that begins with the organization, and sort.
  private static func source(
    _ order: Order, _ filter: CertificateFilter, _ parts: [Selection.Condition]
  ) -> String {
    guard filter.device == nil, filter.status == nil || filter.status == .good else { return "certificates" }
    if case .expiry = order { return "certificates INDEXED BY certificates_expiry" }
    let isNarrow = parts.contains { part in
      guard case .compares(let comparison) = part, comparison.relation == .equal else { return false }
      return ["key", "serial_number", "status"].contains(comparison.field.name)
    }
    return isNarrow ? "certificates" : "certificates NOT INDEXED"
  }

  var body: SQLCondition { body(after: nil) }

  private func body(after place: SQLCondition?) -> SQLCondition {
    let all = conditions + (place.map { [$0] } ?? [])
    return SQLCondition(
      "\(source) WHERE " + all.map(\.sql).joined(separator: " AND "), arguments: all.flatMap(\.arguments))
  }

  /// A page, with serial and manufacturer of the device (where it leads) and the row behind the record's columns.
  func page(after cursor: Cursor?, limit: Int) throws(StoreError) -> SQLCondition {
    let columns = CertificateRecord.columns.split(separator: ", ").map { "certificates.\($0)" }
    let body = body(after: try cursor.map { cursor throws(StoreError) in try place(of: cursor) })
    let (leading, sequence): (String, String) =
      switch order {
      case .device(let place): (place, place + ", certificates.rowid")
      case .expiry: ("NULL, NULL", "certificates.not_after, certificates.rowid")
      case .issuance: ("NULL, NULL", "certificates.rowid")
      }
    let selected = (columns + [leading, "certificates.rowid"]).joined(separator: ", ")
    return SQLCondition(
      "SELECT \(selected) FROM \(body.sql) ORDER BY \(sequence) LIMIT ?",
      arguments: body.arguments + [max(limit, 1).saturatedSuccessor])
  }

  private func place(of cursor: Cursor) throws(StoreError) -> SQLCondition {
    switch order {
    case .device(let place):
      let parts = try cursor.texts(3)
      guard let row = Int64(parts[2]) else { throw .invalidCursor }
      return SQLCondition(
        "((\(place)) >= (?, ?) AND (\(place), certificates.rowid) > (?, ?, ?))", parts[0], parts[1], parts[0],
        parts[1], row)
    case .expiry:
      let parts = try cursor.numbers(2)
      return SQLCondition("(certificates.not_after, certificates.rowid) > (?, ?)", parts[0], parts[1])
    case .issuance: return SQLCondition("certificates.rowid > ?", try cursor.numbers(2)[1])
    }
  }

  /// A row of a page with what its place is made of.
  struct Found {
    let record: CertificateRecord
    let serial: String?
    let manufacturer: String?
    let row: Int64

    init(columns: inout ColumnReader) throws(StoreError) {
      record = try CertificateRecord(columns: &columns)
      (serial, manufacturer) = (try columns.textIfAny(), try columns.textIfAny())
      row = try columns.integer()
    }

    var cursor: Cursor {
      guard let serial, let manufacturer else { return Cursor(numbers: [record.notAfter.milliseconds, row]) }
      return Cursor(texts: [serial, manufacturer, "\(row)"])
    }
  }
}

extension CertificateFilter {
  var isByExpiry: Bool { expiringFrom != nil || expiringBefore != nil }

  fileprivate func conditions(in organization: OrganizationID) -> [SQLCondition] {
    var parts = [SQLCondition("certificates.organization = ?", organization)]
    func add(_ sql: String, _ argument: (some SQLiteBindable)?) {
      if let argument { parts.append(SQLCondition("certificates." + sql, argument)) }
    }
    add("authority = ?", authority)
    add("device = ?", device)
    add("profile = ?", profile)
    add("grant_name = ?", grant)
    add("not_after >= ?", expiringFrom)
    add("not_after < ?", expiringBefore)
    add("status = ?", status)
    // Said twice, so that the partial index of the few that are not good serves.
    if let status, status != .good { parts.append(SQLCondition("certificates.status <> 'good'")) }
    return parts
  }
}

extension Selection.Condition {
  fileprivate var boundsExpiry: Bool {
    guard case .compares(let comparison) = self, comparison.field == .expires else { return false }
    switch comparison.relation {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: return true
    case .equal, .notEqual, .prefix, .among: return false
    }
  }
}
