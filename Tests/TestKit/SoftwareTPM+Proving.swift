extension SoftwareTPM {
  /// TPM2_ActivateCredential. The file that tpm2-tools reads has a head of its own before the two structures.
  ///
  /// - Returns: The secret; the TPM's refusal is thrown.
  public func activate(
    _ kind: Kind, attestationKey handle: String, credential: [UInt8], encryptedSecret: [UInt8]
  ) throws -> [UInt8] {
    try write("credential", [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1] + credential + encryptedSecret)
    // The low range's template wants its policy, the high range's takes the empty authorization.
    if kind == .rsa {
      try run("startauthsession", "--policy-session", "-S", "session.ctx")
      try run("policysecret", "-S", "session.ctx", "-c", "e")
    }
    defer { if kind == .rsa { _ = try? run("flushcontext", "session.ctx") } }
    let session = kind == .rsa ? ["-P", "session:session.ctx"] : []
    try run(
      "activatecredential", ["-c", handle, "-C", kind.handle, "-i", "credential", "-o", "secret"] + session)
    return try read("secret")
  }

  /// TPM2_Certify, as its own octets: tpm2_certify of Debian 12 passes no nonce.
  ///
  /// - Returns: TPMS_ATTEST and TPMT_SIGNATURE.
  public func certify(
    _ key: UInt32, by attestationKey: UInt32, nonce: [UInt8]
  ) throws -> (attest: [UInt8], signature: [UInt8]) {
    // TPM_RS_PW with an empty authorization, twice.
    let session: [UInt8] = [0x40, 0, 0, 9, 0, 0, 0, 0, 0]
    let body =
      Self.big(key, 4) + Self.big(attestationKey, 4) + Self.big(UInt32(2 * session.count), 4) + session + session
      + Self.big(UInt32(nonce.count), 2) + nonce + [0, 0x10]
    try write("command", [0x80, 0x02] + Self.big(UInt32(10 + body.count), 4) + Self.big(0x148, 4) + body)
    try run("send", "-o", "response", "command")
    let response = try read("response")
    guard response.count > 16, response[6..<10].allSatisfy({ $0 == 0 }) else {
      throw Refused(description: "TPM2_Certify: \(response)")
    }
    let size = response[10..<14].reduce(0) { $0 << 8 | Int($1) }
    let parameters = Array(response[14..<14 + size])
    let length = Int(parameters[0]) << 8 | Int(parameters[1])
    return (Array(parameters[2..<2 + length]), Array(parameters[(2 + length)...]))
  }

  /// TPMS_ATTEST and TPMT_SIGNATURE.
  public func quote(
    by attestationKey: String, nonce: String, selection: String
  ) throws -> (attest: [UInt8], signature: [UInt8]) {
    try run(
      "quote", "-c", attestationKey, "-l", selection, "-q", nonce, "-m", "quote", "-s", "signature", "-g", "sha256")
    return (try read("quote"), try read("signature"))
  }

  private static func big(_ value: UInt32, _ octets: Int) -> [UInt8] {
    (0..<octets).reversed().map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }
}
