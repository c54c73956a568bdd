/// Why octets are not a measured-boot log.
public enum EventLogError: Error, Hashable, Sendable {
  case tooLarge
  case truncated
  /// No `Spec ID Event03` at its head: a log of TPM 1.2, with SHA-1 alone, or no log.
  case notCryptoAgile
  case tooManyEvents
  /// A digest of an algorithm that the head does not name, or one twice, or too few.
  case badDigests
  case badRegister
}

extension EventLogError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge: "it has more than \(EventLog.largest) octets"
    case .truncated: "it ends within an entry"
    case .notCryptoAgile: "it is not in the crypto-agile format"
    case .tooManyEvents: "it has more than \(EventLog.mostEvents) entries"
    case .badDigests: "an entry's digests are not the ones that its head announces"
    case .badRegister: "an entry is for a register that there is not"
    }
  }
}
