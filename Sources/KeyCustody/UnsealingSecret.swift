/// What opens a store.
public enum UnsealingSecret: Sendable {
  /// Of any length but zero.
  case passphrase(SecretBytes)
  /// 32 random octets.
  case machineLocal(SecretBytes)

  public var kind: SecretKind {
    switch self {
    case .passphrase: .passphrase
    case .machineLocal: .machineLocal
    }
  }
}
