import WireFormats

/// RFC 3161 §2.3: a time-stamping certificate has timeStamping as its sole purpose, critical.
enum TimeStampingPurpose: ExtensionRule {
  static let name = "time-stamping-purpose"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard facts.known.extendedKeyUsages.contains(ExtendedKeyUsage.timeStamping) else { return nil }
    let isAlone = facts.known.extendedKeyUsages.count == 1
    let isCritical = facts.first(ExtensionID.extendedKeyUsage)?.critical ?? false
    return isAlone && isCritical ? nil : "timeStamping must be the only purpose, and critical"
  }
}
