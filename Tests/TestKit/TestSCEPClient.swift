import Credentials
import KeyCustody
import WireFormats

/// A client of SCEP in a test: a key, a certificate that it made itself or was given, and the messages that it sends.
public struct TestSCEPClient: Sendable {
  public let key: SoftwareKey
  /// What signs its messages.
  public let certificate: Certificate
  public let transactionID: String
  public let nonce: [UInt8]

  /// - Parameter certificate: One that was issued; nil for a client that has none yet.
  public init(
    key: SoftwareKey, serial: String, certificate: Certificate? = nil, transactionID: String = "TRANSACTION",
    nonce: [UInt8] = Array(1...16)
  ) throws {
    self.key = key
    self.certificate = try certificate ?? Self.selfSigned(key, serial)
    self.transactionID = transactionID
    self.nonce = nonce
  }

  /// Written by hand: no template of ours makes a certificate that is its own issuer and no authority.
  private static func selfSigned(_ key: SoftwareKey, _ serial: String) throws -> Certificate {
    let subject = DistinguishedName([.init(type: AttributeType.commonName, value: serial)])
    let toBeSigned = DERWriter.build {
      $0.sequence {
        $0.constructed(DERTag.contextConstructed(0)) { $0.integer(2) }
        $0.integer(7)
        $0.raw(key.algorithm.algorithmIdentifier)
        $0.raw(subject.encoded)
        $0.sequence {
          $0.time(Instant(seconds: 1_800_000_000))
          $0.time(Instant(seconds: 1_800_600_000))
        }
        $0.raw(subject.encoded)
        $0.raw(key.publicKey.encoded)
      }
    }
    let signature = try key.signature(over: toBeSigned)
    return try Certificate(
      parsing: CertificationRequest.assemble(toBeSigned, algorithm: key.algorithm, signature: signature))
  }

  /// PKCS #10 for a key, the client's own unless another is given.
  public static func request(_ key: SoftwareKey, serial: String, challenge: String? = nil) throws -> [UInt8] {
    try CertificationRequest.encode(
      subject: DistinguishedName([.init(type: AttributeType.commonName, value: serial)]), publicKey: key.publicKey,
      challengePassword: challenge, sign: { message throws(SigningError) in try key.signature(over: message) })
  }

  /// A pkiMessage around a content.
  ///
  /// - Parameter type: 17 RenewalReq, 19 PKCSReq, 20 CertPoll, 21 GetCert, 22 GetCRL.
  public func message(
    _ type: Int, content: [UInt8], to recipients: [Recipient], algorithm: ContentEncryption = .aes128CBC
  ) throws -> [UInt8] {
    try message(type, envelope: EnvelopedData.encode(content: content, to: recipients, algorithm: algorithm))
  }

  /// The same around an envelope that was made before.
  public func message(_ type: Int, envelope: [UInt8]) throws -> [UInt8] {
    let signer = SignerInfo.ToBeSigned(
      content: envelope, type: CMSContentType.data, identifier: CertificateIdentifier(certificate),
      algorithm: key.algorithm,
      attributes: [
        Self.attribute(2, DERWriter.build { $0.printableString("\(type)") }),
        Self.attribute(5, DERWriter.build { $0.octetString(nonce) }),
        Self.attribute(7, DERWriter.build { $0.printableString(transactionID) }),
      ])
    return SignedData.encode(
      content: envelope, type: CMSContentType.data, signers: [(signer, try key.signature(over: signer.message))],
      certificates: [certificate.encoded])
  }

  static func attribute(_ last: UInt64, _ value: [UInt8]) -> CMSAttribute {
    CMSAttribute(type: ObjectIdentifier([2, 16, 840, 1, 113733, 1, 9, last]), values: [value])
  }

  /// What a server answered, as a client reads it.
  public struct Reply: Sendable {
    /// 0 SUCCESS, 2 FAILURE, 3 PENDING.
    public let status: String
    public let failInfo: String?
    public let failText: String?
    public let certificates: [Certificate]
    public let revocationLists: [[UInt8]]
    public let senderNonce: [UInt8]
  }

  public struct Unexpected: Error {
    let what: String
  }

  /// Verifies and opens a CertRep, as strictly as RFC 8894 §3.2 allows.
  public func read(_ answer: [UInt8], from authority: Certificate, challenge: String? = nil) throws -> Reply {
    let signed = try SignedData(parsing: answer)
    guard let signer = signed.signers.first, let key = authority.publicKey, signed.certificate(of: signer) == authority
    else { throw Unexpected(what: "signer") }
    try signed.verify(signer, key: key, detached: [])
    guard Self.text(signer, 2) == "3", Self.text(signer, 7) == transactionID, Self.octets(signer, 6) == nonce,
      let status = Self.text(signer, 3), let senderNonce = Self.octets(signer, 5), senderNonce.count == 16
    else { throw Unexpected(what: "attributes") }
    guard (status == "0") == (signed.content != nil) else { throw Unexpected(what: "content") }
    let inner = try signed.content.map { try SignedData(parsing: open($0, challenge: challenge)) }
    return Reply(
      status: status, failInfo: Self.text(signer, 4),
      failText: signer.signedValue(ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 24, 1])).map {
        String(decoding: $0.dropFirst(2), as: UTF8.self)
      },
      certificates: try inner?.certificates.map { try Certificate(parsing: $0) } ?? [],
      revocationLists: inner?.revocationLists ?? [], senderNonce: senderNonce)
  }

  private func open(_ content: [UInt8], challenge: String?) throws -> [UInt8] {
    let envelope = try EnvelopedData(parsing: content)
    if let challenge { return try envelope.open(password: Array(challenge.utf8)) }
    guard let opening = OpeningKey(key) else { throw Unexpected(what: "key") }
    return try envelope.open(opening, of: [certificate])
  }

  private static func value(_ signer: SignerInfo, _ last: UInt64) -> DERElement? {
    guard let value = signer.signedValue(ObjectIdentifier([2, 16, 840, 1, 113733, 1, 9, last])) else { return nil }
    var reader = DERReader(value)
    return try? reader.read()
  }

  private static func text(_ signer: SignerInfo, _ last: UInt64) -> String? {
    value(signer, last).map { String(decoding: $0.content, as: UTF8.self) }
  }

  private static func octets(_ signer: SignerInfo, _ last: UInt64) -> [UInt8]? {
    value(signer, last).map { Array($0.content) }
  }
}
