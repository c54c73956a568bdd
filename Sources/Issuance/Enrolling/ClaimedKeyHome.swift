/// Where a requester says that its key lives, without anything that shows it.
public enum ClaimedKeyHome: String, Hashable, Sendable, CaseIterable {
  case tpm, pkcs11

  /// For the log.
  var words: String {
    switch self {
    case .tpm: "said to be in a TPM"
    case .pkcs11: "said to be on a token"
    }
  }
}
