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
    case "authority": return issued(comparison)
    case "key": return certificates(comparison)
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

  /// `!=` is the other half of all devices, and not those that also have another certificate.
  private static func positive(_ comparison: Selection.Comparison) -> Selection.Comparison {
    guard comparison.relation == .notEqual else { return comparison }
    return Selection.Comparison(comparison.field, among: comparison.values)
  }

  /// By the authorities of what was ever issued to the device: asked of each device, since an authority has most of them.
  private func issued(_ comparison: Selection.Comparison) -> SQLCondition {
    let inner = Self.positive(comparison).sql(column: "c.authority")
    return SQLCondition(
      """
      \(comparison.relation == .notEqual ? "NOT " : "")EXISTS (SELECT 1 FROM certificates c \
      INDEXED BY certificates_device WHERE c.device = \(table).id AND c.organization = \(table).organization \
      AND \(inner.sql))
      """, arguments: inner.arguments)
  }

  /// By the keys of what was ever issued to the device, of which a key has few.
  private func certificates(_ comparison: Selection.Comparison) -> SQLCondition {
    let isNegative = comparison.relation == .notEqual
    let inner = Self.positive(comparison).sql(column: "c.key_hash")
    return SQLCondition(
      """
      \(table).id \(isNegative ? "NOT IN" : "IN") (SELECT c.device FROM certificates c WHERE c.organization = ? \
      AND \(inner.sql) AND c.device IS NOT NULL)
      """, arguments: [organization] + inner.arguments)
  }
}
