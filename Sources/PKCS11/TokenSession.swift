import CPKCS11

/// An open session of a token. Valid until it is closed or the module is finalized.
package struct TokenSession {
  package let cryptoki: Cryptoki
  package let slot: CK_SLOT_ID
  package let handle: CK_SESSION_HANDLE

  package static func open(_ cryptoki: Cryptoki, slot: CK_SLOT_ID) throws(TokenError) -> TokenSession {
    var handle: CK_SESSION_HANDLE = 0
    let flags = CK_FLAGS(CKF_SERIAL_SESSION) | CK_FLAGS(CKF_RW_SESSION)
    try cryptoki.call(\.C_OpenSession, "C_OpenSession") { $0(slot, flags, nil, nil, &handle) }
    return TokenSession(cryptoki: cryptoki, slot: slot, handle: handle)
  }

  package func close() { _ = try? cryptoki.value(\.C_CloseSession, "C_CloseSession") { $0(handle) } }

  /// Whether the user is logged in: states 1 and 3 are user functions (PKCS #11 §5.6).
  package func isLoggedIn() throws(TokenError) -> Bool {
    var info = CK_SESSION_INFO()
    try cryptoki.call(\.C_GetSessionInfo, "C_GetSessionInfo") { $0(handle, &info) }
    return info.state == 1 || info.state == 3
  }

  /// Whether session and token are still there: a session may outlive its token unawares.
  package func look() throws(TokenError) {
    let info = try cryptoki.tokenInfo(slot)
    guard info.has(Self.loginRequired) else { return }
    guard try isLoggedIn() else { throw .away("the token's session is not logged in any more") }
  }

  /// Objects of a class with this label, and this identifier where one is given; at most 2, since two are too many.
  package func find(_ class: CK_ULONG, label: String?, id: [UInt8]?) throws(TokenError) -> [CK_OBJECT_HANDLE] {
    var wanted = Attributes()
    wanted.add(CKA.class, number: `class`)
    if let label { wanted.add(CKA.label, text: label) }
    if let id { wanted.add(CKA.id, octets: id) }
    try wanted.withTemplate { template, count throws(TokenError) in
      try cryptoki.call(\.C_FindObjectsInit, "C_FindObjectsInit") { $0(handle, template, count) }
    }
    var found = [CK_OBJECT_HANDLE](repeating: 0, count: 2)
    var count: CK_ULONG = 0
    do throws(TokenError) {
      try cryptoki.call(\.C_FindObjects, "C_FindObjects") { $0(handle, &found, 2, &count) }
    } catch {
      _ = try? cryptoki.value(\.C_FindObjectsFinal, "C_FindObjectsFinal") { $0(handle) }
      throw error
    }
    try cryptoki.call(\.C_FindObjectsFinal, "C_FindObjectsFinal") { $0(handle) }
    return Array(found.prefix(Int(clamping: min(count, 2))))
  }

  /// An attribute's value; nil where the object has none.
  package func attribute(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(TokenError) -> [UInt8]? {
    var asked = CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
    let first = try cryptoki.value(\.C_GetAttributeValue, "C_GetAttributeValue") { $0(handle, object, &asked, 1) }
    // CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID.
    if first.code == 0x11 || first.code == 0x12 { return nil }
    try first.check("C_GetAttributeValue")
    guard asked.ulValueLen <= 16_384 else { return nil }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(asked.ulValueLen) + 1, alignment: 16)
    defer { room.deallocate() }
    asked.pValue = room.baseAddress
    try cryptoki.call(\.C_GetAttributeValue, "C_GetAttributeValue") { $0(handle, object, &asked, 1) }
    return Array(room.prefix(Int(clamping: asked.ulValueLen)))
  }

  package func flag(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(TokenError) -> Bool? {
    try attribute(type, of: object).map { $0.first == 1 }
  }

  /// Signs in one part with what the mechanism takes: a digest, or a message.
  package func sign(
    _ input: [UInt8], key: CK_OBJECT_HANDLE, mechanism: SigningMechanism
  ) throws(TokenError) -> [UInt8] {
    try mechanism.withMechanism { pointer throws(TokenError) in
      try cryptoki.call(\.C_SignInit, "C_SignInit") { $0(handle, pointer, key) }
    }
    // RSA-4096 gives 512 octets, ML-DSA-87 4627.
    var signature = [UInt8](repeating: 0, count: 8192)
    var input = input
    var count = CK_ULONG(signature.count)
    let length = CK_ULONG(input.count)
    try cryptoki.call(\.C_Sign, "C_Sign") { $0(handle, &input, length, &signature, &count) }
    return Array(signature.prefix(Int(clamping: count)))
  }
}
