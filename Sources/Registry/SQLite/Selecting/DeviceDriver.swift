/// The index that leads through a list of devices, chosen from what must hold in any case. It also gives the order.
///
/// Chosen by what the fields are, and not by what the data is like, so that the pages of one list agree.
struct DeviceDriver {
  enum Order: Hashable {
    case serial
    /// By a column of moments.
    case moment(String)
  }

  /// The FROM clause.
  let source: String
  /// What the index takes.
  let condition: SQLCondition
  let order: Order
  /// The columns of serial and manufacturer in the index.
  let place: String

  /// - Parameter table: what devices are called in the statement.
  static func leading(
    _ conjuncts: [Selection.Condition], in organization: OrganizationID, table: String = "devices"
  ) -> DeviceDriver {
    let comparisons = conjuncts.compactMap { condition in
      if case .compares(let comparison) = condition { comparison } else { nil }
    }
    let ranked = comparisons.compactMap { comparison in rank(comparison).map { ($0, comparison) } }
      .min { $0.0 < $1.0 }?.1
    guard let ranked else { return whole(table) }
    return driver(by: ranked, organization, table)
  }

  /// Whether this list is led by something narrower than all devices.
  var isNarrow: Bool { !condition.sql.isEmpty }

  private static func whole(_ table: String) -> DeviceDriver {
    DeviceDriver(
      source: "devices \(alias(table))INDEXED BY devices_serial", condition: SQLCondition(""), order: .serial,
      place: "\(table).serial, \(table).manufacturer")
  }

  /// Lower is narrower; nil for what no index serves.
  private static func rank(_ comparison: Selection.Comparison) -> Int? {
    let field = comparison.field
    guard !comparison.values.contains(.text("")), comparison.values != [.never] else { return nil }
    let isEqual = comparison.relation == .equal
    if field.labelKey != nil { return isEqual ? 2 : nil }
    switch field.name {
    case "key": return isEqual ? 1 : nil
    case "serial": return isEqual ? 0 : comparison.relation == .prefix ? 1 : nil
    case "lot": return isEqual ? 3 : nil
    case "renewal_due": return isRange(comparison.relation) ? 4 : nil
    case "expires": return isRange(comparison.relation) ? 5 : nil
    case "state": return isEqual && comparison.values != [.text("active")] ? 6 : nil
    case "last_contact": return isRange(comparison.relation) ? 7 : nil
    case "registered": return isRange(comparison.relation) ? 8 : nil
    case "hardware_revision": return isEqual ? 9 : nil
    case "product": return isEqual ? 10 : nil
    case "profile": return isEqual ? 11 : nil
    default: return nil
    }
  }

  private static func isRange(_ relation: Selection.Relation) -> Bool {
    switch relation {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: true
    case .equal, .notEqual, .prefix, .among: false
    }
  }

  private static func alias(_ table: String) -> String { table == "devices" ? "" : "AS \(table) " }

  private static func driver(
    by comparison: Selection.Comparison, _ organization: OrganizationID, _ table: String
  ) -> DeviceDriver {
    if let key = comparison.field.labelKey { return label(key, comparison, organization, table) }
    if comparison.field == .key {
      // Few devices, by their identifiers.
      return DeviceDriver(
        source: "devices \(alias(table))INDEXED BY sqlite_autoindex_devices_1",
        condition: DeviceComparison(organization: organization, table: table).sql(comparison), order: .serial,
        place: "\(table).serial, \(table).manufacturer")
    }
    let column = DeviceComparison.column(of: comparison.field)
    let index =
      switch column {
      case "serial": "devices_serial"
      case "lot": "devices_lot"
      case "renewal_due_at": "devices_renewal"
      case "expires_at": "devices_expiry"
      case "state": "devices_standing"
      case "last_contact_at": "devices_contact"
      case "registered_at": "devices_registered"
      case "hardware_revision": "devices_hardware"
      case "product": "devices_product"
      default: "devices_profile"
      }
    var condition = comparison.sql(column: "\(table).\(column)")
    // Said as the partial index has it.
    if column == "state" { condition.sql = "(\(condition.sql) AND \(table).state <> 'active')" }
    return DeviceDriver(
      source: "devices \(alias(table))INDEXED BY \(index)", condition: condition,
      order: isRange(comparison.relation) ? .moment("\(table).\(column)") : .serial,
      place: "\(table).serial, \(table).manufacturer")
  }

  private static func label(
    _ key: String, _ comparison: Selection.Comparison, _ organization: OrganizationID, _ table: String
  ) -> DeviceDriver {
    let value = comparison.sql(column: "l.value")
    return DeviceDriver(
      source: """
        device_labels l CROSS JOIN devices \(alias(table))\
        ON \(table).organization = l.organization AND \(table).id = l.device
        """,
      condition: SQLCondition(
        "(l.organization = ? AND l.key = ? AND \(value.sql))", arguments: [organization, key] + value.arguments),
      order: .serial, place: "l.serial, l.manufacturer")
  }
}
