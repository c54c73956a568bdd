import WireFormats

/// A line of openssl's index of certificates (`openssl ca`, and programs above it): six fields with tabs between.
public struct IndexEntry: Hashable, Sendable {
  /// From 1.
  public let line: Int
  /// Hexadecimal as it stands there; nil for a file that no index names.
  public let serial: String?
  public let revokedAt: Instant?
  /// The standard's name (RFC 5280 §5.3.1).
  public let reason: String?
  /// Where its certificate is, when the index or the folder says so.
  public let file: String?

  /// A file that no index names.
  public init(line: Int, file: String) {
    (self.line, self.file) = (line, file)
    (serial, revokedAt, reason) = (nil, nil, nil)
  }

  /// - Throws: `badRequest`, naming the line that is none.
  public static func all(of text: String) throws(Refusal) -> [IndexEntry] {
    var entries: [IndexEntry] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      guard let entry = IndexEntry(line, number: index + 1) else {
        throw Refusal(
          .badRequest, "line \(index + 1) is not one of openssl's index",
          hint: "status, expiry, revocation, serial number, file and subject, with tabs between")
      }
      entries.append(entry)
    }
    return entries
  }

  private init?(_ text: Substring, number: Int) {
    let tab: Character = "\t"
    let fields = text.split(separator: tab, maxSplits: 5, omittingEmptySubsequences: false).map { String($0) }
    guard fields.count == 6, ["V", "R", "E"].contains(fields[0]), !fields[3].isEmpty,
      fields[3].allSatisfy({ $0.isHexDigit })
    else { return nil }
    line = number
    serial = fields[3]
    file = fields[4] == "unknown" || fields[4].isEmpty ? nil : fields[4]
    guard fields[0] == "R" else {
      (revokedAt, reason) = (nil, nil)
      return
    }
    let comma: Character = ","
    let parts = fields[2].split(separator: comma).map { String($0) }
    guard let time = parts.first, let instant = Self.instant(time) else { return nil }
    revokedAt = instant
    reason = parts.count > 1 ? Self.reasons[parts[1].lowercased()] : nil
  }

  /// As `openssl ca` writes them, the three with a further field among them.
  private static let reasons = [
    "unspecified": "unspecified", "keycompromise": "keyCompromise", "cacompromise": "cACompromise",
    "affiliationchanged": "affiliationChanged", "superseded": "superseded",
    "cessationofoperation": "cessationOfOperation", "certificatehold": "certificateHold",
    "holdinstruction": "certificateHold", "keytime": "keyCompromise", "cakeytime": "cACompromise",
  ]

  /// `YYMMDDHHMMSSZ` or with a century, as certificates have it: years from 50 on are of the last one.
  private static func instant(_ text: String) -> Instant? {
    let digits = text.hasSuffix("Z") ? String(text.dropLast()) : ""
    guard digits.allSatisfy({ $0.isNumber }), digits.utf8.count == 12 || digits.utf8.count == 14 else { return nil }
    let whole = digits.utf8.count == 14 ? digits : (digits.prefix(2) < "50" ? "20" : "19") + digits
    let part = { (from: Int, count: Int) in String(whole.dropFirst(from).prefix(count)) }
    return Instant("\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z")
  }
}
