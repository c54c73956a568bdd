import CPKCS11

/// The functions of a loaded module, as far as they are used here. Valid while the module is initialized.
package struct Cryptoki {
  package let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>

  package func call<F>(
    _ function: KeyPath<CK_FUNCTION_LIST, F?>, _ name: String, _ body: (F) -> CK_RV
  ) throws(TokenError) {
    try value(function, name, body).check(name)
  }

  /// What the function returned, for callers that tell values apart.
  package func value<F>(
    _ function: KeyPath<CK_FUNCTION_LIST, F?>, _ name: String, _ body: (F) -> CK_RV
  ) throws(TokenError) -> ReturnValue {
    guard let function = functions.pointee[keyPath: function] else {
      throw .refused("the PKCS #11 module has no \(name)")
    }
    return ReturnValue(body(function))
  }

  /// Slots that hold a token now.
  package func slots() throws(TokenError) -> [CK_SLOT_ID] {
    var count: CK_ULONG = 0
    try call(\.C_GetSlotList, "C_GetSlotList") { $0(1, nil, &count) }
    guard count > 0 else { return [] }
    // Far over what any machine has; and a token that comes between the two calls finds room.
    count = min(count, 4096) + 8
    var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
    try call(\.C_GetSlotList, "C_GetSlotList") { $0(1, &slots, &count) }
    return Array(slots.prefix(Int(clamping: count)))
  }

  /// Where the token is that a URI names.
  package func slot(of uri: PKCS11URI) throws(TokenError) -> CK_SLOT_ID {
    var silent: TokenError?
    for slot in try slots() {
      do throws(TokenError) {
        if try tokenInfo(slot).matches(uri, slot: slot) { return slot }
      } catch { silent = error }
    }
    // A slot that does not answer may be the one.
    throw .away("no token here is \(uri.tokenOnly)" + (silent.map { ": \($0.reason)" } ?? ""))
  }

  package func tokenInfo(_ slot: CK_SLOT_ID) throws(TokenError) -> TokenInfo {
    var info = CK_TOKEN_INFO()
    try call(\.C_GetTokenInfo, "C_GetTokenInfo") { $0(slot, &info) }
    return TokenInfo(info)
  }

  package func mechanisms(_ slot: CK_SLOT_ID) throws(TokenError) -> Set<CK_MECHANISM_TYPE> {
    var count: CK_ULONG = 0
    try call(\.C_GetMechanismList, "C_GetMechanismList") { $0(slot, nil, &count) }
    guard count > 0 else { return [] }
    count = min(count, 4096)
    var mechanisms = [CK_MECHANISM_TYPE](repeating: 0, count: Int(count))
    try call(\.C_GetMechanismList, "C_GetMechanismList") { $0(slot, &mechanisms, &count) }
    return Set(mechanisms.prefix(Int(clamping: count)))
  }
}

/// What a token says of itself (CK_TOKEN_INFO).
package struct TokenInfo: Hashable, Sendable {
  package let label: String
  package let serial: String
  package let manufacturer: String
  package let model: String
  package let flags: CK_FLAGS

  package init(_ info: CK_TOKEN_INFO) {
    label = Self.text(info.label)
    serial = Self.text(info.serialNumber)
    manufacturer = Self.text(info.manufacturerID)
    model = Self.text(info.model)
    flags = info.flags
  }

  package func matches(_ uri: PKCS11URI, slot: CK_SLOT_ID) -> Bool {
    func agree(_ asked: String?, _ own: String) -> Bool { asked == nil || asked == own }
    return agree(uri.token, label) && agree(uri.serial, serial) && agree(uri.manufacturer, manufacturer)
      && agree(uri.model, model) && (uri.slotID.map { CK_SLOT_ID($0) == slot } ?? true)
  }

  package func has(_ flag: CK_FLAGS) -> Bool { flags & flag != 0 }

  /// A field of a fixed size, padded with blanks.
  private static func text<T>(_ field: T) -> String {
    let text = withUnsafeBytes(of: field) { String(decoding: $0, as: UTF8.self) }
    var end = text.unicodeScalars[...]
    while let last = end.last, last == " " || last == "\0" { end = end.dropLast() }
    return String(String.UnicodeScalarView(end))
  }
}
