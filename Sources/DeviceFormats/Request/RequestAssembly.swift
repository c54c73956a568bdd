/// A PKCS#10 request (RFC 2986 §4.2) for a P-256 key that the chip keeps.
public struct RequestAssembly {
  /// The key's point, X9.62 uncompressed: 0x04, then x and y, 65 octets.
  public let point: ByteView
  /// PrintableString; empty for none. With neither this nor a common name the subject is empty, and who asks is told by
  /// how it authenticates.
  public let serialNumber: ByteView
  /// UTF-8; empty for none.
  public let commonName: ByteView

  public init(point: ByteView, serialNumber: ByteView, commonName: ByteView) {
    (self.point, self.serialNumber, self.commonName) = (point, serialNumber, commonName)
  }

  /// RFC 5280 appendix A.1: ub-common-name and ub-serial-number.
  private static var longestName: Int { 64 }
  /// signatureAlgorithm (12), and a BIT STRING of an Ecdsa-Sig-Value (3 + 2 + 35 + 35).
  private static var signatureRoom: Int { 87 }

  /// Writes the request somewhere into the buffer, which needs no more than 360 octets, and says where.
  public func write(
    into buffer: UnsafeMutablePointer<UInt8>?, capacity: Int, signer: some RequestSigner
  ) throws(FormatError) -> ByteView {
    try checkValues()
    guard let buffer, capacity > Self.signatureRoom else { throw .noRoom }
    let end = capacity &- Self.signatureRoom
    var writer = DERBuffer(start: buffer, end: end)
    writeInfo(&writer)
    guard !writer.hasOverflowed else { throw .noRoom }
    let info = ByteView(start: UnsafePointer(buffer) + writer.position, count: end &- writer.position)
    let length = try appendSignature(over: info, at: buffer + end, signer)
    writer.wrap(TagOctet.sequence, from: end &+ length)
    guard !writer.hasOverflowed else { throw .noRoom }
    return ByteView(start: UnsafePointer(buffer) + writer.position, count: end &+ length &- writer.position)
  }

  private func checkValues() throws(FormatError) {
    guard point.count == 65, point.first == 0x04 else { throw .badValue }
    guard serialNumber.count <= Self.longestName, Text.isPrintable(serialNumber) else { throw .badValue }
    guard commonName.count <= Self.longestName, Text.isUTF8(commonName) else { throw .badValue }
  }

  /// `CertificationRequestInfo ::= SEQUENCE { version 0, subject, subjectPKInfo, attributes [0] }`, last field first.
  private func writeInfo(_ writer: inout DERBuffer) {
    let end = writer.position
    // RFC 2986 §4.1: attributes are not optional; there are none.
    writer.wrap(TagOctet.contextConstructed(0), from: writer.position)
    writeKey(&writer)
    let subject = writer.position
    writeAttribute(&writer, 3, TagOctet.utf8String, commonName)
    writeAttribute(&writer, 5, TagOctet.printableString, serialNumber)
    writer.wrap(TagOctet.sequence, from: subject)
    writer.prepend(number: 0x02_0100)
    writer.wrap(TagOctet.sequence, from: end)
  }

  /// RFC 5480 §2: id-ecPublicKey on prime256v1.
  private func writeKey(_ writer: inout DERBuffer) {
    let end = writer.position
    writer.prepend(point)
    writer.prepend(0)
    writer.wrap(TagOctet.bitString, from: end)
    // SEQUENCE of 1.2.840.10045.2.1 and 1.2.840.10045.3.1.7, in three numbers from its end.
    writer.prepend(number: 0x48CE_3D03_0107)
    writer.prepend(number: 0x3D_0201_0608_2A86)
    writer.prepend(number: 0x3013_0607_2A86_48CE)
    writer.wrap(TagOctet.sequence, from: end)
  }

  /// A RelativeDistinguishedName of one attribute 2.5.4.n; nothing for an empty value.
  private func writeAttribute(_ writer: inout DERBuffer, _ number: UInt8, _ tag: UInt8, _ value: ByteView) {
    guard !value.isEmpty else { return }
    let end = writer.position
    writer.prepend(value)
    writer.wrap(tag, from: end)
    writer.prepend(number: 0x06_0355_0400 | UInt64(number))
    writer.wrap(TagOctet.sequence, from: end)
    writer.wrap(TagOctet.set, from: end)
  }
}
