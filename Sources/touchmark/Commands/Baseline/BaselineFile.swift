import WireFormats

/// Reference values as a file has them: our JSON, or what `tpm2_pcrread` prints. What they mean is the server's to check.
package struct BaselineFile: Hashable {
  package private(set) var pcrs: [String: [String: String]] = [:]
  package private(set) var events: [String: [String: String]] = [:]

  package init(parsing octets: [UInt8], named name: String) throws(CommandFailure) {
    if octets.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
      guard let value = try? JSONParser.parse(octets), let pcrs = Self.banks(value["pcrs"]),
        let events = Self.banks(value["events"])
      else { throw Self.unreadable(name) }
      (self.pcrs, self.events) = (pcrs, events)
    } else {
      pcrs = Self.printed(String(decoding: octets, as: UTF8.self))
    }
    guard pcrs.values.contains(where: { !$0.isEmpty }) else { throw Self.unreadable(name) }
  }

  private static func unreadable(_ name: String) -> CommandFailure {
    CommandFailure(
      .refused, "\(name) has no reference values",
      hint: #"JSON as {"pcrs": {"sha256": {"0": "…"}}}, or the output of tpm2_pcrread"#)
  }

  private static func banks(_ value: JSONValue?) -> [String: [String: String]]? {
    guard let value, value != .null else { return [:] }
    guard let banks = value.members else { return nil }
    var result: [String: [String: String]] = [:]
    for bank in banks {
      guard let registers = bank.value.members else { return nil }
      for register in registers {
        guard let text = register.value.text else { return nil }
        result[bank.key, default: [:]][register.key] = text
      }
    }
    return result
  }

  /// `  sha256:` and then `    0 : 0xABCD…`. A bank of SHA-1 is passed over: nothing rests on it.
  private static func printed(_ text: String) -> [String: [String: String]] {
    var result: [String: [String: String]] = [:]
    var bank: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
      guard let name = parts.first else { continue }
      let value = parts.count > 1 ? parts[1] : ""
      if value.isEmpty {
        bank = name == "sha1" ? nil : name
      } else if let bank, Int(name) != nil {
        result[bank, default: [:]][name] = (value.hasPrefix("0x") ? String(value.dropFirst(2)) : value).lowercased()
      }
    }
    return result
  }
}
