import KeyCustody

/// What opens the authorities' keys.
package enum KeysHome: DoctorCheck {
  package static let name = "keys-home"
  package static let severity = Severity.error
  package static let looksAt = "whether a copy of this disk is enough to use the authorities' keys"
  package static let fix =
    "make the installation with TOUCHMARK_PASSPHRASE_FILE, a service manager's credential, or on a token (--keys)"

  package static func examine(_ installation: Examination) async -> Verdict {
    let onTokens = installation.issuing.filter { TokenKeyName.isToken($0.keyName) }
    if !onTokens.isEmpty, onTokens.count == installation.issuing.count {
      return .good("the authorities' keys are on \(installation.tokens.joined(separator: ", "))")
    }
    return switch installation.machine.secretKind(of: installation.path + "/keys") {
    case nil: .found(.error, "there are no keys in \(installation.path)/keys")
    case .passphrase?:
      open(among: RootPlace.names(in: installation), installation)
        ?? .good("the keys are sealed under a passphrase")
    case .machineLocal?: opened("the keys are", installation)
    }
  }

  /// A root's custody has a secret of its own.
  private static func open(among roots: [String], _ installation: Examination) -> Verdict? {
    let open = roots.filter { installation.machine.secretKind(of: "\(installation.path)/\($0)") == .machineLocal }
    return open.isEmpty ? nil : opened("the keys of \(open.joined(separator: " and ")) are", installation)
  }

  private static func opened(_ keys: String, _ installation: Examination) -> Verdict {
    .found(
      installation.isDemonstration ? .note : .warning,
      "\(keys) opened by a secret on the same disk: whoever copies it can use them")
  }
}
