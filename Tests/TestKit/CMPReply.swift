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
  /// PKIStatus of ip, cp, kup, rp and error.
  public let status: Int?
  /// The numbers of the bits that are set.
  public let failInfo: Set<Int>
  public let text: String?
  public let certificate: [UInt8]?
  public let publications: [[UInt8]]
  public let extraCertificates: [[UInt8]]
  /// What stands inside the body's tag.
  public let content: [UInt8]
  private let protectedPart: [UInt8]
  private let protection: [UInt8]?

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
    kind = body.tag & 0x1F
    content = Array(body.content)
    protectedPart = DERWriter.build {
      $0.sequence {
        $0.raw(header.encoded)
        $0.raw(body.encoded)
      }
    }
    var protection: [UInt8]?
    if var inner = try message.readOptional(DERTag.contextConstructed(0))?.reader {
      protection = Array(try inner.readOctetAlignedBitString())
    }
    self.protection = protection
    var extra: [[UInt8]] = []
    if var inner = try message.readOptional(DERTag.contextConstructed(1))?.reader {
      var list = try inner.readSequence()
      while !list.isAtEnd { extra.append(Array(try list.read().encoded)) }
    }
    extraCertificates = extra
    try message.finish()

    var fields = header.reader
    _ = try (fields.read(), fields.read(), fields.read())
    var found: [UInt8: [UInt8]] = [:]
    while !fields.isAtEnd {
      let field = try fields.read()
      var inner = field.reader
      let value = try inner.read()
      found[field.tag & 0x1F] = Array(value.tag == DERTag.octetString ? value.content : value.encoded)
    }
    (transactionID, senderNonce, recipientNonce, algorithm) = (found[4], found[5], found[6], found[1])
    isConfirmedImplicitly = found[8] != nil

    let read = try Self.status(kind, body)
    (status, failInfo, text, certificate, publications) =
      (read.status, read.failInfo, read.text, read.certificate, read.publications)
  }

  private typealias Read = (
    status: Int?, failInfo: Set<Int>, text: String?, certificate: [UInt8]?, publications: [[UInt8]]
  )

  private static func status(_ kind: UInt8, _ body: DERElement) throws -> Read {
    var reader = body.reader
    guard [1, 3, 8, 12, 23].contains(kind) else { return (nil, [], nil, nil, []) }
    var content = try reader.readSequence()
    if kind == 23 {
      let info = try information(&content)
      return (info.status, info.failInfo, info.text, nil, [])
    }
    var publications: [[UInt8]] = []
    if var inner = try content.readOptional(DERTag.contextConstructed(1))?.reader {
      var list = try inner.readSequence()
      while !list.isAtEnd { publications.append(Array(try list.read().encoded)) }
    }
    var list = try content.readSequence()
    if kind == 12 {
      let info = try information(&list)
      return (info.status, info.failInfo, info.text, nil, [])
    }
    var response = try list.readSequence()
    _ = try response.read(DERTag.integer)
    let info = try information(&response)
    var certificate: [UInt8]?
    if !response.isAtEnd {
      var pair = try response.readSequence()
      certificate = Array(try pair.read(DERTag.contextConstructed(0)).content)
    }
    return (info.status, info.failInfo, info.text, certificate, publications)
  }

  private static func information(_ reader: inout DERReader) throws -> (status: Int, failInfo: Set<Int>, text: String?)
  {
    var fields = try reader.readSequence()
    let status = try fields.readSmallInteger()
    var text: String?
    if var free = try fields.readOptional(DERTag.sequence)?.reader {
      text = String(decoding: try free.read(DERTag.utf8String).content, as: UTF8.self)
    }
    var bits: Set<Int> = []
    if let octets = try fields.readOptional(DERTag.bitString)?.content.dropFirst() {
      for (index, octet) in octets.enumerated() {
        for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 { bits.insert(index * 8 + bit) }
      }
    }
    return (status, bits, text)
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
