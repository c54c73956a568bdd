import WireFormats

/// One entry of `revokedCertificates` (RFC 5280 §5.1.2.6).
public struct CRLEntry: Hashable, Sendable {
  public var serial: SerialNumber
  /// Written in whole seconds.
  public var revokedAt: Instant
  /// Nil and `unspecified` are the same to a reader: no reason code is written.
  public var reason: RevocationReason?

  public init(serial: SerialNumber, revokedAt: Instant, reason: RevocationReason? = nil) {
    (self.serial, self.revokedAt, self.reason) = (serial, revokedAt, reason)
  }
}

extension CRLEntry {
  /// Appends the entry's DER. Every length in it is under 128, since a serial has at most 20 octets.
  ///
  /// - Parameter time: `revokedAt` as a whole Time element.
  func append(to bytes: inout [UInt8], time: [UInt8]) {
    let code = statedReason
    let serialLength = serial.bytes.count + (needsSignOctet ? 1 : 0)
    let length = 2 + serialLength + time.count + (code == nil ? 0 : Self.reasonExtensionLength)
    bytes.append(DERTag.sequence)
    bytes.append(UInt8(truncatingIfNeeded: length))
    bytes.append(DERTag.integer)
    bytes.append(UInt8(truncatingIfNeeded: serialLength))
    if needsSignOctet { bytes.append(0) }
    bytes.append(contentsOf: serial.bytes)
    bytes.append(contentsOf: time)
    if let code {
      bytes.append(contentsOf: Self.reasonExtensionPrefix)
      bytes.append(UInt8(truncatingIfNeeded: code.rawValue))
    }
  }

  /// X.690 §8.3.3: a positive INTEGER whose first bit is set needs a zero octet before it.
  private var needsSignOctet: Bool { (serial.bytes.first ?? 0) >= 0x80 }

  // RFC 5280 §5.3.1: "the reason code CRL entry extension SHOULD be absent instead of using the unspecified (0)
  // reasonCode value".
  package var statedReason: RevocationReason? { reason == .unspecified ? nil : reason }

  /// crlEntryExtensions with one non-critical reasonCode, up to the ENUMERATED's value.
  private static let reasonExtensionPrefix: [UInt8] = [
    0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01,
  ]
  private static let reasonExtensionLength = 14
}
