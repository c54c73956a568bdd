import Issuance
import WireFormats

/// Whom an operator wants told of conditions.
public struct NotificationTarget: Hashable, Sendable {
  public enum Way: Hashable, Sendable {
    case address(WebhookAddress)
    /// A program by its absolute path, and its arguments.
    case command([String])
  }

  /// Distinct among the targets; the store keeps what waits under it.
  public let name: String
  public let way: Way
  public let kinds: Set<ConditionKind>
  /// For one attempt.
  public let timeout: Span

  /// Nil for a name that is not 1 to 64 letters, digits, hyphens, dots and underscores, a command without an absolute
  /// path, or a timeout outside 1 s to 5 m.
  public init?(name: String, way: Way, kinds: Set<ConditionKind>, timeout: Span = .seconds(10)) {
    guard TargetName.isValid(name), timeout >= .seconds(1), timeout <= .minutes(5) else { return nil }
    if case .command(let words) = way {
      guard let program = words.first, program.hasPrefix("/"), words.count <= 64,
        words.allSatisfy({ $0.utf8.count <= 4096 && !$0.contains("\0") })
      else { return nil }
    }
    (self.name, self.way, self.kinds, self.timeout) = (name, way, kinds, timeout)
  }

  /// What an operator reads: never the whole address, which may hold a token, and never arguments.
  public var summary: String {
    switch way {
    case .address(let address): address.host
    case .command(let words): words.first ?? ""
    }
  }
}

private enum TargetName {
  static func isValid(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || [0x2D, 0x2E, 0x5F].contains($0)
      }
  }
}
