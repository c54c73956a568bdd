import WireFormats

extension AuditEntry {
  /// Canonical JSON (RFC 8785): members sorted, no white space, the shortest escapes, UTF-8.
  public func encoded() -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(768)
    // RFC 8785 §3.2.3 sorts members by their names, which stand here in that order.
    octets.append(UInt8(ascii: "{"))
    CanonicalJSON.append("act", act, to: &octets)
    CanonicalJSON.append("actor", actor, to: &octets)
    CanonicalJSON.append("at", AuditTime.text(at), to: &octets)
    CanonicalJSON.append("details", details, to: &octets)
    CanonicalJSON.append("door", door, to: &octets)
    CanonicalJSON.append("outcome", outcome, to: &octets)
    if let reason { CanonicalJSON.append("reason", reason, to: &octets) }
    CanonicalJSON.append("subject", subject, to: &octets)
    octets.append(UInt8(ascii: "}"))
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
package enum AuditTime {
  package static func text(_ instant: Instant) -> String {
    let fraction = instant.milliseconds - instant.seconds * 1000
    var text = instant.description
    text.removeLast()
    text += fraction < 10 ? ".00" : fraction < 100 ? ".0" : "."
    text += String(fraction)
    text += "Z"
    return text
  }

  static func instant(_ text: String) -> Instant? {
    guard text.utf8.count == 24, let whole = Instant(text) else { return nil }
    guard let fraction = Int64(text.dropLast().suffix(3)), fraction >= 0 else { return nil }
    return Instant(milliseconds: whole.milliseconds + fraction)
  }
}
