/// What a verifier asks of a TPM.
extension TPM {
  /// Says what a key is, by an attestation key: fixedTPM, and made inside.
  ///
  /// - Parameter nonce: The verifier's, at most 64 octets.
  public func certify(
    _ key: TPMKey, authorization: [UInt8] = [], by attester: TPMKey, attesterAuthorization: [UInt8] = [], nonce: [UInt8]
  ) async throws(TPMError) -> TPMStatement {
    try await run { (channel, hierarchies) throws(TPMError) in
      try channel.with(attester, owner: hierarchies.owner) { (attester) throws(TPMError) in
        try channel.with(key, owner: hierarchies.owner) { (key) throws(TPMError) in
          try channel.certify(
            key, authorization: authorization, by: attester, attesterAuthorization: attesterAuthorization, nonce: nonce)
        }
      }
    }
  }

  /// Says what the registers are.
  public func quote(
    _ selection: PCRSelection, by attester: TPMKey, authorization: [UInt8] = [], nonce: [UInt8]
  ) async throws(TPMError) -> TPMStatement {
    try await use(attester) { (channel, handle) throws(TPMError) in
      try channel.quote(selection, by: handle, authorization: authorization, nonce: nonce)
    }
  }

  /// Opens what a verifier sealed to this TPM and this attestation key, which shows that they are in one place.
  ///
  /// - Parameters:
  ///   - credential: TPM2B_ID_OBJECT, its two octets of count included.
  ///   - secret: TPM2B_ENCRYPTED_SECRET, likewise.
  public func activateCredential(
    _ credential: [UInt8], secret: [UInt8], for attester: TPMKey, authorization: [UInt8] = [],
    endorsement kind: EndorsementKind
  ) async throws(TPMError) -> [UInt8] {
    try await run { (channel, hierarchies) throws(TPMError) in
      try channel.with(attester, owner: hierarchies.owner) { (attester) throws(TPMError) in
        try channel.activate(
          credential, secret: secret, for: attester, authorization: authorization, kind: kind,
          endorsement: hierarchies.endorsement)
      }
    }
  }

  /// The endorsement key's public area.
  public func endorsementKey(_ kind: EndorsementKind) async throws(TPMError) -> TPMPublicArea {
    try await run { (channel, hierarchies) throws(TPMError) in
      try channel.withPrimary(kind.template, in: .endorsement, authorization: hierarchies.endorsement) {
        (_, area) throws(TPMError) in area
      }
    }
  }

  /// The manufacturer's certificate for it, DER, as it lies in the TPM; throws `notThere` without one.
  ///
  /// Some manufacturers fill the index up behind the certificate; what follows it is cut.
  public func endorsementCertificate(_ kind: EndorsementKind) async throws(TPMError) -> [UInt8] {
    let content = try await run { (channel, _) throws(TPMError) in try channel.nonVolatile(kind.certificateIndex) }
    guard content.count > 4, content[0] == 0x30, content[1] == 0x82 else { throw .malformed }
    let length = 4 + Int(content[2]) << 8 + Int(content[3])
    guard length <= content.count else { throw .malformed }
    return Array(content.prefix(length))
  }
}
