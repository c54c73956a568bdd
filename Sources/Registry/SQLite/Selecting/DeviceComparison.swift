/// Comparisons with columns of devices.
struct DeviceComparison {
  let organization: OrganizationID
  /// What the table is called in the statement.
  var table = "devices"

  func sql(_ comparison: Selection.Comparison) -> SQLCondition {
    // A key has no character that means anything in a path or in SQL (`ProfileName` bounds it).
    if let key = comparison.field.labelKey {
      return comparison.sql(column: "json_extract(\(table).labels, '$.\"\(key)\"')")
    }
    switch comparison.field.name {
    case "authority": return certificates(comparison, "authority")
    case "key": return certificates(comparison, "key_hash")
    // The plus keeps the planner from leaving the state out of an index's order.
    case "state": return comparison.sql(column: "+\(table).state")
    default: return comparison.sql(column: "\(table).\(Self.column(of: comparison.field))")
    }
  }

  static func column(of field: SelectionField) -> String {
    switch field.name {
    case "registered": "registered_at"
    case "last_contact": "last_contact_at"
    case "renewal_due": "renewal_due_at"
    case "expires": "expires_at"
    default: field.name
    }
  }

  /// By what was ever issued to the device.
  private func certificates(_ comparison: Selection.Comparison, _ column: String) -> SQLCondition {
    // `!=` is the other half of all devices, and not those that also have another certificate.
    let isNegative = comparison.relation == .notEqual
    let positive = isNegative ? Selection.Comparison(comparison.field, among: comparison.values) : comparison
    let inner = positive.sql(column: "c.\(column)")
    return SQLCondition(
      """
      \(table).id \(isNegative ? "NOT IN" : "IN") (SELECT c.device FROM certificates c WHERE c.organization = ? \
      AND \(inner.sql) AND c.device IS NOT NULL)
      """, arguments: [organization] + inner.arguments)
  }
}
