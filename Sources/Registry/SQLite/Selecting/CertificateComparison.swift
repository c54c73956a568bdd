import WireFormats

/// Comparisons with columns of certificates, and of their devices.
struct CertificateComparison {
  let organization: OrganizationID
  let now: Instant
  /// Whether the statement joins `devices` already.
  let isJoined: Bool

  func sql(_ comparison: Selection.Comparison) -> SQLCondition {
    if comparison.field.isOfDevice { return device(comparison) }
    if comparison.field.name == "status" { return status(comparison) }
    if comparison.field == .expires, let never = never(comparison) { return never }
    return comparison.sql(column: "certificates.\(Self.column(of: comparison.field))")
  }

  private static func column(of field: SelectionField) -> String {
    switch field.name {
    case "serial_number": "serial"
    case "subject": "name"
    case "key": "key_hash"
    case "grant": "grant_name"
    case "expires": "not_after"
    case "issued": "issued_at"
    case "revoked": "revoked_at"
    default: field.name
    }
  }

  private func device(_ comparison: Selection.Comparison) -> SQLCondition {
    if isJoined { return DeviceComparison(organization: organization).sql(comparison) }
    let inner = DeviceComparison(organization: organization, table: "d").sql(comparison)
    return SQLCondition(
      """
      EXISTS (SELECT 1 FROM devices d WHERE d.organization = certificates.organization \
      AND d.id = certificates.device AND \(inner.sql))
      """, arguments: inner.arguments)
  }

  /// RFC 5280 §4.1.2.5: without an end is a moment too.
  private func never(_ comparison: Selection.Comparison) -> SQLCondition? {
    guard comparison.values == [.never] else { return nil }
    let sign = comparison.relation == .equal ? ">=" : "<"
    return SQLCondition("certificates.not_after \(sign) ?", Instant.noExpiry.wholeSecond)
  }

  /// Expiry is no status of the record, and is one to whoever asks.
  private func status(_ comparison: Selection.Comparison) -> SQLCondition {
    let parts = comparison.values.map { value -> SQLCondition in
      switch value {
      case .text("good"): SQLCondition("(certificates.status = 'good' AND certificates.not_after >= ?)", now)
      case .text("expired"): SQLCondition("(certificates.status = 'good' AND certificates.not_after < ?)", now)
      case .text("held"): SQLCondition("(certificates.status = 'held' AND certificates.status <> 'good')")
      default: SQLCondition("(certificates.status = 'revoked' AND certificates.status <> 'good')")
      }
    }
    let any = SQLCondition.joined(parts, by: "OR")
    return comparison.relation == .notEqual ? SQLCondition("NOT " + any.sql, arguments: any.arguments) : any
  }
}
