import AuditLog

/// Comparisons with members of the log's entries, which stand as JSON in `e.entry`.
struct AuditComparison {
  let organization: OrganizationID

  func sql(_ comparison: Selection.Comparison) -> SQLCondition {
    // A key has no character that means anything in a path or in SQL (`ProfileName` bounds it).
    if let key = comparison.field.labelKey { return comparison.sql(column: Self.member("details.\"\(key)\"")) }
    switch comparison.field.name {
    case "device": return device(comparison)
    case "subject": return comparison.sql(column: "e.subject")
    case "at": return comparison.withWrittenMoments.sql(column: Self.member("at"))
    default: return comparison.sql(column: Self.member(comparison.field.name))
    }
  }

  private static func member(_ path: String) -> String { "json_extract(CAST(e.entry AS TEXT), '$.\(path)')" }

  /// What leads by the index of subjects; nil when nothing among the parts does.
  func leading(_ conjuncts: [Selection.Condition]) -> SQLCondition? {
    for case .compares(let comparison) in conjuncts where comparison.relation == .equal {
      switch comparison.field.name {
      case "subject": return comparison.sql(column: "e.subject")
      case "device": return subjects(comparison)
      default: continue
      }
    }
    return nil
  }

  /// Entries of the device itself, and of acts on many that it was a member of.
  private func device(_ comparison: Selection.Comparison) -> SQLCondition {
    guard comparison.relation == .notEqual else { return subjects(comparison) }
    let inner = subjects(Selection.Comparison(comparison.field, among: comparison.values))
    return SQLCondition("NOT " + inner.sql, arguments: inner.arguments)
  }

  /// A serial has few devices, and a device few acts and few certificates.
  private func subjects(_ comparison: Selection.Comparison) -> SQLCondition {
    let inner = comparison.sql(column: "d.serial")
    return SQLCondition(
      """
      (e.subject IN (SELECT 'device:' || d.id FROM devices d WHERE d.organization = ? AND \(inner.sql) \
      UNION ALL SELECT 'act:' || m.act FROM devices d CROSS JOIN bulk_members m INDEXED BY bulk_members_device \
      ON m.organization = d.organization AND m.device = d.id WHERE d.organization = ? AND \(inner.sql) \
      UNION ALL SELECT 'act:' || m.act FROM devices d CROSS JOIN certificates c \
      ON c.organization = d.organization AND c.device = d.id \
      CROSS JOIN bulk_members m INDEXED BY bulk_members_certificate \
      ON m.organization = c.organization AND m.authority = c.authority AND m.serial = c.serial \
      WHERE d.organization = ? AND \(inner.sql)))
      """, arguments: Array(repeatElement([organization] + inner.arguments, count: 3).joined()))
  }
}

extension Selection.Comparison {
  /// Moments as entries write them, which sort as time does.
  fileprivate var withWrittenMoments: Selection.Comparison {
    let written = values.map { value -> Selection.Value in
      if case .moment(let instant) = value { .text(AuditTime.text(instant)) } else { value }
    }
    return Selection.Comparison(field, relation, values: written)
  }
}
