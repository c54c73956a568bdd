import WireFormats

/// PKIFailureInfo (RFC 9810 §5.2.3), a BIT STRING whose named bits are these.
public struct PKIFailureInfo: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  private init(bit: UInt32) { rawValue = 1 << bit }

  public static let badAlg = PKIFailureInfo(bit: 0)
  public static let badMessageCheck = PKIFailureInfo(bit: 1)
  public static let badRequest = PKIFailureInfo(bit: 2)
  public static let badTime = PKIFailureInfo(bit: 3)
  public static let badCertId = PKIFailureInfo(bit: 4)
  public static let badDataFormat = PKIFailureInfo(bit: 5)
  public static let wrongAuthority = PKIFailureInfo(bit: 6)
  public static let incorrectData = PKIFailureInfo(bit: 7)
  public static let badPOP = PKIFailureInfo(bit: 9)
  public static let certRevoked = PKIFailureInfo(bit: 10)
  public static let certConfirmed = PKIFailureInfo(bit: 11)
  public static let wrongIntegrity = PKIFailureInfo(bit: 12)
  public static let badRecipientNonce = PKIFailureInfo(bit: 13)
  public static let unacceptedPolicy = PKIFailureInfo(bit: 15)
  public static let unacceptedExtension = PKIFailureInfo(bit: 16)
  public static let addInfoNotAvailable = PKIFailureInfo(bit: 17)
  public static let badSenderNonce = PKIFailureInfo(bit: 18)
  public static let badCertTemplate = PKIFailureInfo(bit: 19)
  public static let signerNotTrusted = PKIFailureInfo(bit: 20)
  public static let transactionIdInUse = PKIFailureInfo(bit: 21)
  public static let unsupportedVersion = PKIFailureInfo(bit: 22)
  public static let notAuthorized = PKIFailureInfo(bit: 23)
  public static let systemUnavail = PKIFailureInfo(bit: 24)
  public static let systemFailure = PKIFailureInfo(bit: 25)
  public static let duplicateCertReq = PKIFailureInfo(bit: 26)

  /// X.690 §11.2.2: a BIT STRING with named bits ends with its last bit that is set.
  func write(to writer: inout DERWriter) {
    let count = 32 - rawValue.leadingZeroBitCount
    guard count > 0 else { return writer.bitString([], unusedBits: 0) }
    var octets = [UInt8](repeating: 0, count: (count + 7) / 8)
    for bit in 0..<count where rawValue & (1 << UInt32(bit)) != 0 { octets[bit / 8] |= 0x80 >> UInt8(bit % 8) }
    writer.bitString(octets, unusedBits: UInt8(octets.count * 8 - count))
  }

  init(bitString content: ArraySlice<UInt8>) {
    var value: UInt32 = 0
    for (index, octet) in content.dropFirst().prefix(4).enumerated() {
      for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 { value |= 1 << UInt32(index * 8 + bit) }
    }
    rawValue = value
  }
}
