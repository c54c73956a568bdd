/// The identifier octets that are met here (X.690 §8.1.2).
public enum TagOctet {
  public static let boolean: UInt8 = 0x01
  public static let integer: UInt8 = 0x02
  public static let bitString: UInt8 = 0x03
  public static let octetString: UInt8 = 0x04
  public static let objectIdentifier: UInt8 = 0x06
  public static let enumerated: UInt8 = 0x0A
  public static let utf8String: UInt8 = 0x0C
  public static let printableString: UInt8 = 0x13
  public static let ia5String: UInt8 = 0x16
  public static let utcTime: UInt8 = 0x17
  public static let generalizedTime: UInt8 = 0x18
  public static let sequence: UInt8 = 0x30
  public static let set: UInt8 = 0x31

  public static func context(_ number: UInt8) -> UInt8 { 0x80 | number & 0x1F }
  public static func contextConstructed(_ number: UInt8) -> UInt8 { 0xA0 | number & 0x1F }
}
