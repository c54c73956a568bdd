import WireFormats

/// A list of devices as SQL: the source that an index leads through, all conditions, the order, and where it goes on.
struct DeviceQuery {
  let driver: DeviceDriver
  private let conditions: [SQLCondition]

  init(_ filter: DeviceFilter, in organization: OrganizationID) {
    let parts = filter.conditions
    driver = .leading(parts, in: organization)
    let compare = DeviceComparison(organization: organization)
    let organizations = SQLCondition("devices.organization = ?", organization)
    let all = Selection.Condition.all(parts).sql(compare.sql)
    conditions =
      [organizations] + (driver.isNarrow ? [driver.condition] : []) + (parts.isEmpty ? [] : [all])
  }

  /// Everything behind FROM, without order and limit.
  var body: SQLCondition { body(after: nil) }

  /// As `body`, for whoever reads all of it in any order: all devices are read as they lie in the table.
  var unordered: SQLCondition {
    driver.isNarrow ? body : body(from: "devices NOT INDEXED", after: nil)
  }

  private func body(from source: String? = nil, after place: SQLCondition?) -> SQLCondition {
    let all = conditions + (place.map { [$0] } ?? [])
    return SQLCondition(
      "\(source ?? driver.source) WHERE " + all.map(\.sql).joined(separator: " AND "),
      arguments: all.flatMap(\.arguments))
  }

  /// A page, with the row's place behind the record's columns. Throws `StoreError.invalidCursor`.
  func page(after cursor: Cursor?, limit: Int) throws(StoreError) -> SQLCondition {
    let columns = DeviceRecord.columns(of: "devices")
    let body = body(after: try cursor.map { cursor throws(StoreError) in try place(of: cursor) })
    return SQLCondition(
      "SELECT \(columns), devices.rowid FROM \(body.sql) ORDER BY \(order) LIMIT ?",
      arguments: body.arguments + [max(limit, 1).saturatedSuccessor])
  }

  private var order: String {
    switch driver.order {
    case .serial: driver.place
    case .moment(let column): "\(column), devices.state, devices.rowid"
    }
  }

  private func place(of cursor: Cursor) throws(StoreError) -> SQLCondition {
    switch driver.order {
    case .serial:
      let parts = try cursor.texts(2)
      return SQLCondition("(\(driver.place)) > (?, ?)", parts[0], parts[1])
    case .moment(let column):
      let parts = try cursor.texts(4)
      guard parts[0] == column, let moment = Int64(parts[1]), let row = Int64(parts[3]) else { throw .invalidCursor }
      return SQLCondition("(\(column), devices.state, devices.rowid) > (?, ?, ?)", moment, parts[2], row)
    }
  }

  func cursor(behind device: DeviceRecord, row: Int64) -> Cursor {
    switch driver.order {
    case .serial: Cursor(texts: [device.serial, device.manufacturer])
    case .moment(let column):
      Cursor(texts: [column, "\(device.moment(of: column)?.milliseconds ?? 0)", device.state.rawValue, "\(row)"])
    }
  }
}

extension DeviceRecord {
  static func columns(of table: String) -> String {
    columns.split(separator: ",").map { "\(table)." + $0.trimmingPrefix(while: { $0 == " " }) }.joined(separator: ", ")
  }

  fileprivate func moment(of column: String) -> Instant? {
    switch column {
    case "devices.renewal_due_at": renewalDueAt
    case "devices.expires_at": expiresAt
    case "devices.last_contact_at": lastContactAt
    default: registeredAt
    }
  }
}

extension DeviceFilter {
  /// What it asks, in the terms of a selection.
  var conditions: [Selection.Condition] {
    var parts: [Selection.Condition] = []
    func add(_ field: SelectionField, _ value: Selection.Value?, _ relation: Selection.Relation = .equal) {
      if let value { parts.append(.compares(Selection.Comparison(field, relation, value))) }
    }
    func text(_ text: String?) -> Selection.Value? { text.map { .text($0) } }
    add(.serial, text(serial))
    add(.manufacturer, text(manufacturer))
    add(.serial, text(serialPrefix), .prefix)
    add(.kind, text(kind?.rawValue))
    add(.state, text(state?.rawValue))
    add(.profile, text(profile?.rawValue))
    add(.product, text(product))
    add(.lot, text(lot))
    add(.renewalDue, renewalDueBefore.map { .moment($0) }, .less)
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) { add(.label(key), text(value)) }
    return parts + (selection.map { $0.condition.conjuncts } ?? [])
  }
}
