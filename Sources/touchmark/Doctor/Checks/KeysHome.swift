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
    case .passphrase?: .good("the keys are sealed under a passphrase")
    case .machineLocal?:
      .found(
        installation.isDemonstration ? .note : .warning,
        "the keys are opened by a secret on the same disk: whoever copies it can use them")
    }
  }
}
