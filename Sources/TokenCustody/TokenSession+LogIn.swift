import CPKCS11
import KeyCustody

extension TokenSession {
  /// CKF_LOGIN_REQUIRED, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED (PKCS #11 §3.2).
  static let loginRequired: CK_FLAGS = 1 << 2
  private static let finalTry: CK_FLAGS = 1 << 17
  private static let locked: CK_FLAGS = 1 << 18

  /// Logs the user in unless he is: the log-in counts for every session that this process has with the token.
  func logIn(_ pin: TokenPIN) throws(TokenError) {
    guard try !isLoggedIn() else { return }
    try pin.offer { secret throws(TokenError) in
      // Another session may have logged in while this one waited for the PIN.
      if try isLoggedIn() { return true }
      let info = try cryptoki.tokenInfo(slot)
      guard info.has(Self.loginRequired) else { return true }
      guard !info.has(Self.locked) else { throw Self.isLocked(info) }
      guard !info.has(Self.finalTry) else {
        throw .needsOperator(
          "the token \(info.label) has one try left before it locks, which is not used up here: log in once by hand "
            + "with the right PIN (pkcs11-tool --login --test), which gives back all tries")
      }
      return try take(secret, info)
    }
  }

  private func take(_ secret: SecretBytes, _ info: TokenInfo) throws(TokenError) -> Bool {
    var octets = secret.withBytes { Array($0) }
    defer { SecretBytes.wipe(&octets) }
    let count = CK_ULONG(octets.count)
    let value = try cryptoki.value(\.C_Login, "C_Login") { $0(handle, 1, &octets, count) }
    switch value {
    case .alreadyLoggedIn: return true
    case .pinIncorrect, .pinInvalid, .pinLength: return false
    case .pinLocked: throw Self.isLocked(info)
    case .pinExpired:
      throw .needsOperator("the PIN of the token \(info.label) has expired: set a new one with the token's own tool")
    case .pinNotInitialized:
      throw .needsOperator("the token \(info.label) has no user PIN yet: set one with pkcs11-tool --init-pin")
    default:
      try value.check("C_Login")
      return true
    }
  }

  private static func isLocked(_ info: TokenInfo) -> TokenError {
    .needsOperator(
      "the PIN of the token \(info.label) is locked after wrong tries: its security officer sets it anew "
        + "(pkcs11-tool --login --login-type so --init-pin)")
  }
}
