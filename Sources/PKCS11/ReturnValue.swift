import CPKCS11

/// What a function of a module returned (CK_RV).
package struct ReturnValue: Hashable, Sendable {
  package let code: CK_RV

  package init(_ code: CK_RV) { self.code = code }

  package var isOK: Bool { code == 0 }

  /// Whether a new session, or a new start of the module, may cure it.
  package var isPassing: Bool { Self.passing.contains { $0.code == code } }

  package var name: String {
    (Self.passing + Self.others).first { $0.code == code }?.name ?? "CKR 0x" + String(code, radix: 16)
  }

  private struct Known: Sendable {
    let code: CK_RV
    let name: String
  }

  /// PKCS #11 v3.0 §5.1: sessions, tokens and devices that are gone, and faults of a moment.
  private static let passing: [Known] = [
    Known(code: 0x02, name: "CKR_HOST_MEMORY"), Known(code: 0x03, name: "CKR_SLOT_ID_INVALID"),
    Known(code: 0x05, name: "CKR_GENERAL_ERROR"), Known(code: 0x06, name: "CKR_FUNCTION_FAILED"),
    Known(code: 0x30, name: "CKR_DEVICE_ERROR"), Known(code: 0x31, name: "CKR_DEVICE_MEMORY"),
    Known(code: 0x32, name: "CKR_DEVICE_REMOVED"), Known(code: 0x50, name: "CKR_FUNCTION_CANCELED"),
    Known(code: 0x60, name: "CKR_KEY_HANDLE_INVALID"), Known(code: 0x82, name: "CKR_OBJECT_HANDLE_INVALID"),
    Known(code: 0x90, name: "CKR_OPERATION_ACTIVE"), Known(code: 0x91, name: "CKR_OPERATION_NOT_INITIALIZED"),
    Known(code: 0xB0, name: "CKR_SESSION_CLOSED"), Known(code: 0xB1, name: "CKR_SESSION_COUNT"),
    Known(code: 0xB3, name: "CKR_SESSION_HANDLE_INVALID"), Known(code: 0xE0, name: "CKR_TOKEN_NOT_PRESENT"),
    Known(code: 0xE1, name: "CKR_TOKEN_NOT_RECOGNIZED"), Known(code: 0x101, name: "CKR_USER_NOT_LOGGED_IN"),
    Known(code: 0x190, name: "CKR_CRYPTOKI_NOT_INITIALIZED"),
  ]

  private static let others: [Known] = [
    Known(code: 0x54, name: "CKR_FUNCTION_NOT_SUPPORTED"), Known(code: 0x68, name: "CKR_KEY_FUNCTION_NOT_PERMITTED"),
    Known(code: 0x70, name: "CKR_MECHANISM_INVALID"), Known(code: 0x71, name: "CKR_MECHANISM_PARAM_INVALID"),
    Known(code: 0xA0, name: "CKR_PIN_INCORRECT"), Known(code: 0xA1, name: "CKR_PIN_INVALID"),
    Known(code: 0xA2, name: "CKR_PIN_LEN_RANGE"), Known(code: 0xA3, name: "CKR_PIN_EXPIRED"),
    Known(code: 0xA4, name: "CKR_PIN_LOCKED"), Known(code: 0xE2, name: "CKR_TOKEN_WRITE_PROTECTED"),
    Known(code: 0x100, name: "CKR_USER_ALREADY_LOGGED_IN"), Known(code: 0x102, name: "CKR_USER_PIN_NOT_INITIALIZED"),
    Known(code: 0x191, name: "CKR_CRYPTOKI_ALREADY_INITIALIZED"),
  ]

  package static let pinIncorrect = ReturnValue(0xA0)
  package static let pinInvalid = ReturnValue(0xA1)
  package static let pinLength = ReturnValue(0xA2)
  package static let pinExpired = ReturnValue(0xA3)
  package static let pinLocked = ReturnValue(0xA4)
  package static let alreadyLoggedIn = ReturnValue(0x100)
  package static let pinNotInitialized = ReturnValue(0x102)
  package static let alreadyInitialized = ReturnValue(0x191)

  /// Throws unless it is CKR_OK.
  package func check(_ function: String) throws(TokenError) {
    guard !isOK else { return }
    let text = "the token's \(function) answered \(name)"
    throw isPassing ? .away(text) : .refused(text)
  }
}
