/// How bad something is that the doctor found.
package enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
  /// Worth knowing, nothing to do.
  case note
  /// It will become an error, or it weakens what else protects.
  case warning
  /// Devices or verifiers are harmed, or soon will be.
  case error

  package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// What a check says.
package enum Verdict: Hashable, Sendable {
  case good(String)
  case found(Severity, String)
  /// It could not be looked at, or does not apply.
  case skipped(String)

  package var severity: Severity? { if case .found(let severity, _) = self { severity } else { nil } }

  package var text: String {
    switch self {
    case .good(let text), .skipped(let text), .found(_, let text): text
    }
  }

  /// The first word of its line.
  package var word: String {
    switch self {
    case .good: "good"
    case .skipped: "skipped"
    case .found(let severity, _): severity.rawValue
    }
  }
}

/// One thing that can be wrong with an installation. `touchmark doctor --list` names them all.
package protocol DoctorCheck: Sendable {
  /// As commands and documents name it, for example `root-crl`.
  static var name: String { get }
  /// The worst that it says.
  static var severity: Severity { get }
  /// What it looks at, in a sentence without its full stop.
  static var looksAt: String { get }
  /// What to do when it found something.
  static var fix: String { get }

  static func examine(_ installation: Examination) async -> Verdict
}

extension DoctorCheck {
  /// The worst of several findings, with the words of all; `good` when there are none.
  static func worst(of findings: [(Severity, String)], otherwise good: String) -> Verdict {
    guard let severity = findings.map(\.0).max() else { return .good(good) }
    return .found(severity, findings.sorted { $0.0 > $1.0 }.map(\.1).joined(separator: "; "))
  }
}
