import CPKCS11

extension TokenSession {
  /// CKF_LOGIN_REQUIRED, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED (PKCS #11 §3.2).
  package static let loginRequired: CK_FLAGS = 1 << 2
  private static let finalTry: CK_FLAGS = 1 << 17
  private static let locked: CK_FLAGS = 1 << 18

  /// Shows the token a PIN, and says whether it took it.
  package typealias Showing = (_ pin: [UInt8]) throws(TokenError) -> Bool

  /// Logs the user in unless he is: the log-in counts for every session that this process has with the token.
  ///
  /// - Parameter offer: Hands the PIN over, unless it knows that the token refuses this one.
  package func logIn(_ offer: (Showing) throws(TokenError) -> Void) throws(TokenError) {
    guard try !isLoggedIn() else { return }
    try offer { pin throws(TokenError) in
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
      return try take(pin, info)
    }
  }

  private func take(_ pin: [UInt8], _ info: TokenInfo) throws(TokenError) -> Bool {
    let value: ReturnValue = try cryptoki.value(\.C_Login, "C_Login") { login in
      // C takes a pointer that it could write through; the octets are the caller's, who wipes them.
      pin.withUnsafeBufferPointer {
        login(handle, 1, UnsafeMutablePointer(mutating: $0.baseAddress), CK_ULONG($0.count))
      }
    }
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
