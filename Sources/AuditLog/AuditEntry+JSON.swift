import WireFormats

extension AuditEntry {
  /// Canonical JSON (RFC 8785): members sorted, no white space, the shortest escapes, UTF-8.
  public func encoded() -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(256)
    CanonicalJSON.append(members, to: &octets)
    return octets
  }

  /// Reads what `encoded` writes and nothing else.
  public init(decoding octets: some Collection<UInt8>) throws(AuditEntryError) {
    let octets = Array(octets)
    guard case .object(let members) = CanonicalJSON.parse(octets) else { throw .malformed }
    guard let entry = Self.entry(members) else { throw .malformed }
    guard entry.encoded() == octets else { throw .notCanonical }
    self = entry
  }

  private var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "act": .string(act), "actor": .string(actor), "at": .string(AuditTime.text(at)),
      "details": .object(details.mapValues { .string($0) }), "door": .string(door), "outcome": .string(outcome),
      "subject": .string(subject),
    ]
    members["reason"] = reason.map { .string($0) }
    return members
  }

  private static func entry(_ members: [String: CanonicalJSON]) -> AuditEntry? {
    guard let act = members["act"]?.string, let actor = members["actor"]?.string,
      let at = members["at"]?.string.flatMap(AuditTime.instant), let door = members["door"]?.string,
      let outcome = members["outcome"]?.string, let subject = members["subject"]?.string,
      case .object(let object) = members["details"],
      members.count == (members["reason"] == nil ? 7 : 8)
    else { return nil }
    let reason = members["reason"]?.string
    guard reason != nil || members["reason"] == nil else { return nil }
    var details: [String: String] = [:]
    for (name, value) in object {
      guard let text = value.string else { return nil }
      details[name] = text
    }
    return AuditEntry(
      at: at, actor: actor, door: door, act: act, subject: subject, outcome: outcome, reason: reason, details: details)
  }
}

/// RFC 3339 in UTC with exactly three digits of fraction.
enum AuditTime {
  static func text(_ instant: Instant) -> String {
    let fraction = "\(instant.milliseconds - instant.seconds * 1000)"
    let padding = String(repeating: "0", count: max(0, 3 - fraction.utf8.count))
    return "\(instant.description.dropLast()).\(padding)\(fraction)Z"
  }

  static func instant(_ text: String) -> Instant? {
    guard text.utf8.count == 24, let whole = Instant(text) else { return nil }
    guard let fraction = Int64(text.dropLast().suffix(3)), fraction >= 0 else { return nil }
    return Instant(milliseconds: whole.milliseconds + fraction)
  }
}
