/// The endorsement keys that the TCG's profile has for low ranges (EK Credential Profile 2.5 §2.2.1.4).
public enum EndorsementKind: Sendable, Hashable, CaseIterable {
  case rsa2048
  case p256

  /// Where the manufacturer's certificate is.
  var certificateIndex: UInt32 { self == .rsa2048 ? 0x01C0_0002 : 0x01C0_000A }
  var template: [UInt8] { self == .rsa2048 ? TPMTemplate.endorsementRSA : TPMTemplate.endorsementP256 }
}

extension TPMChannel {
  /// TPM2_ActivateCredential: opens what was sealed to this TPM's endorsement key and to an attestation key's Name.
  ///
  /// - Parameters:
  ///   - credential: TPM2B_ID_OBJECT, with its count.
  ///   - secret: TPM2B_ENCRYPTED_SECRET, with its count.
  func activate(
    _ credential: [UInt8], secret: [UInt8], for attester: UInt32, authorization: [UInt8], kind: EndorsementKind,
    endorsement: [UInt8]
  ) throws(TPMError) -> [UInt8] {
    try withPrimary(kind.template, in: .endorsement, authorization: endorsement) { (handle, _) throws(TPMError) in
      try withEndorsementPolicy(endorsement) { (session) throws(TPMError) in
        var (_, answer) = try execute(
          .activateCredential, handles: [attester, handle],
          authorizations: [.init(value: authorization), .init(session: session)], parameters: credential + secret)
        return try answer.readSized()
      }
    }
  }

  /// A policy session that PolicySecret of the endorsement hierarchy has satisfied.
  private func withEndorsementPolicy<Value>(
    _ endorsement: [UInt8], _ body: (UInt32) throws(TPMError) -> Value
  ) throws(TPMError) -> Value {
    var start = TPMWriter()
    // Neither salted nor bound, since no HMAC is made with it; a caller's nonce has at least 16 octets all the same.
    start.putSized([UInt8](repeating: 0, count: 32))
    start.putSized([])
    start.put8(0x01)  // TPM_SE_POLICY
    start.put16(TPMAlgorithm.null)
    start.put16(TPMAlgorithm.sha256)
    let (session, _) = try execute(
      .startAuthSession, handles: [0x4000_0007, 0x4000_0007], parameters: start.bytes, returnsHandle: true)
    // A session that was used without continueSession is gone already, and flushing it again does no harm.
    defer { flush(session) }
    var policy = TPMWriter()
    policy.putSized([])
    policy.putSized([])
    policy.putSized([])
    policy.put32(0)
    _ = try execute(
      .policySecret, handles: [Hierarchy.endorsement.rawValue, session], authorizations: [.init(value: endorsement)],
      parameters: policy.bytes)
    return try body(session)
  }

  /// The whole content of an NV index that anybody may read.
  func nonVolatile(_ index: UInt32) throws(TPMError) -> [UInt8] {
    var (_, answer) = try execute(.nvReadPublic, handles: [index])
    var area = TPMReader(try answer.readSized())
    _ = (try area.read32(), try area.read16(), try area.read32(), try area.readSized())
    let size = Int(try area.read16())
    guard size <= TPMLimits.nonVolatile else { throw .malformed }
    var content: [UInt8] = []
    while content.count < size {
      var writer = TPMWriter()
      writer.put16(UInt16(truncatingIfNeeded: min(size - content.count, TPMLimits.nonVolatilePart)))
      writer.put16(UInt16(truncatingIfNeeded: content.count))
      var (_, part) = try execute(
        .nvRead, handles: [index, index], authorizations: [.init()], parameters: writer.bytes)
      let octets = try part.readSized()
      guard !octets.isEmpty else { throw .malformed }
      content += octets
    }
    return content
  }
}
