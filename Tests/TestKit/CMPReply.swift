import Credentials
import Crypto
import WireFormats

/// What a client reads of an answer, by a reader that shares nothing with the server's.
public struct CMPReply: Sendable {
  public let encoded: [UInt8]
  public let kind: UInt8
  public let transactionID: [UInt8]?
  public let senderNonce: [UInt8]?
  public let recipientNonce: [UInt8]?
  public let algorithm: [UInt8]?
  public let isConfirmedImplicitly: Bool
  public let version: Int
  public let extraCertificates: [[UInt8]]
  /// What stands inside the body's tag.
  public let content: [UInt8]
  private let protectedPart: [UInt8]
  private let protection: [UInt8]?
  private let response: Response

  /// PKIStatus of ip, cp, kup, rp and error.
  public var status: Int? { response.status }
  /// The numbers of the bits that are set.
  public var failInfo: Set<Int> { response.failInfo }
  public var text: String? { response.text }
  public var certificate: [UInt8]? { response.certificate }
  /// Of a key that was made for the client: an EnvelopedData, DER.
  public var privateKey: [UInt8]? { response.privateKey }
  /// caPubs.
  public var publications: [[UInt8]] { response.publications }

  public struct Unreadable: Error {
    public init() {}
  }

  public init(parsing encoded: [UInt8]) throws {
    self.encoded = encoded
    var outer = DERReader(encoded)
    var message = try outer.readSequence()
    try outer.finish()
    let header = try message.read(DERTag.sequence)
    let body = try message.read()
    protectedPart = DERWriter.build {
      $0.sequence {
        $0.raw(header.encoded)
        $0.raw(body.encoded)
      }
    }
    protection = try message.readOptional(DERTag.contextConstructed(0)).map { element in
      var inner = element.reader
      return Array(try inner.readOctetAlignedBitString())
    }
    extraCertificates = try Self.certificates(message.readOptional(DERTag.contextConstructed(1)))
    try message.finish()
    let fields = try Self.fields(header)
    version = fields.version
    (transactionID, senderNonce, recipientNonce, algorithm) =
      (fields.found[4], fields.found[5], fields.found[6], fields.found[1])
    isConfirmedImplicitly = fields.found[8] != nil
    kind = body.tag & 0x1F
    content = Array(body.content)
    response = try Response(kind, body)
  }

  /// Version, and the tagged fields by their numbers.
  private static func fields(_ header: DERElement) throws -> (version: Int, found: [UInt8: [UInt8]]) {
    var fields = header.reader
    let version = try fields.readSmallInteger()
    _ = try (fields.read(), fields.read())
    var found: [UInt8: [UInt8]] = [:]
    while !fields.isAtEnd {
      let field = try fields.read()
      var inner = field.reader
      let value = try inner.read()
      found[field.tag & 0x1F] = Array(value.tag == DERTag.octetString ? value.content : value.encoded)
    }
    return (version, found)
  }

  /// `[1] SEQUENCE OF CMPCertificate`, of extraCerts and of caPubs.
  fileprivate static func certificates(_ element: DERElement?) throws -> [[UInt8]] {
    guard var inner = element?.reader else { return [] }
    var list = try inner.readSequence()
    var certificates: [[UInt8]] = []
    while !list.isAtEnd { certificates.append(Array(try list.read().encoded)) }
    return certificates
  }

  /// The server's certificate, if it signed this.
  public func signer() throws -> Certificate {
    guard let first = extraCertificates.first, let protection, let algorithm,
      let known = SignatureAlgorithm(algorithmIdentifier: algorithm)
    else { throw Unreadable() }
    let certificate = try Certificate(parsing: first)
    guard certificate.publicKey?.isValidSignature(protection, over: protectedPart, algorithm: known) == true else {
      throw Unreadable()
    }
    return certificate
  }

  /// Whether this secret protects it, by PBM as `CMPClient` writes it.
  public func isProtected(by secret: String) throws -> Bool {
    guard let algorithm, let protection else { return false }
    var outer = DERReader(algorithm)
    var fields = try outer.readSequence()
    _ = try fields.readObjectIdentifier()
    var parameters = try fields.readSequence()
    let salt = Array(try parameters.readOctetString())
    _ = try parameters.readSequence()
    let iterations = try parameters.readSmallInteger()
    var value = Array(secret.utf8) + salt
    for _ in 0..<iterations { value = Array(SHA256.hash(data: value)) }
    return Array(HMAC<SHA256>.authenticationCode(for: protectedPart, using: SymmetricKey(data: value))) == protection
  }
}

extension CMPReply {
  /// What ip, cp, kup, rp and error say; nothing for other bodies.
  fileprivate struct Response: Sendable {
    var status: Int?
    var failInfo: Set<Int> = []
    var text: String?
    var certificate: [UInt8]?
    var privateKey: [UInt8]?
    var publications: [[UInt8]] = []

    init(_ kind: UInt8, _ body: DERElement) throws {
      var reader = body.reader
      guard [1, 3, 8, 12, 23].contains(kind) else { return }
      var content = try reader.readSequence()
      guard kind != 23 else {
        try read(&content)
        return
      }
      publications = try CMPReply.certificates(content.readOptional(DERTag.contextConstructed(1)))
      var list = try content.readSequence()
      guard kind != 12 else {
        try read(&list)
        return
      }
      var response = try list.readSequence()
      _ = try response.read(DERTag.integer)
      try read(&response)
      guard !response.isAtEnd else { return }
      var pair = try response.readSequence()
      certificate = Array(try pair.read(DERTag.contextConstructed(0)).content)
      privateKey = try pair.readOptional(DERTag.contextConstructed(0)).map(Self.envelopedData)
    }

    /// `[0] EXPLICIT EncryptedKey`, of which `[0] IMPLICIT EnvelopedData` is chosen.
    private static func envelopedData(_ element: DERElement) throws -> [UInt8] {
      var inner = element.reader
      let chosen = try inner.read(DERTag.contextConstructed(0))
      try inner.finish()
      return DERWriter.build { $0.sequence { $0.raw(chosen.content) } }
    }

    /// PKIStatusInfo.
    private mutating func read(_ reader: inout DERReader) throws {
      var fields = try reader.readSequence()
      status = try fields.readSmallInteger()
      if var free = try fields.readOptional(DERTag.sequence)?.reader {
        text = String(decoding: try free.read(DERTag.utf8String).content, as: UTF8.self)
      }
      guard let octets = try fields.readOptional(DERTag.bitString)?.content.dropFirst() else { return }
      for (index, octet) in octets.enumerated() {
        for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 { failInfo.insert(index * 8 + bit) }
      }
    }
  }
}
