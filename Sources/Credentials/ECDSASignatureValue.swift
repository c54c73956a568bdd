import WireFormats

/// ECDSA-Sig-Value, `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 §2.2.3), to and from r‖s of a fixed width.
public enum ECDSASignatureValue {
  /// r‖s, each padded to the curve's width in octets; nil when the DER is not strict or a number does not fit.
  public static func raw(_ encoded: ArraySlice<UInt8>, coordinate: Int) -> [UInt8]? {
    var outer = DERReader(encoded)
    guard var value = try? outer.readSequence(), outer.isAtEnd, let r = try? value.readIntegerBytes(),
      let s = try? value.readIntegerBytes(), value.isAtEnd
    else { return nil }
    var raw: [UInt8] = []
    raw.reserveCapacity(2 * coordinate)
    guard append(r, to: &raw, width: coordinate), append(s, to: &raw, width: coordinate) else { return nil }
    return raw
  }

  /// From r‖s, as PKCS#11 tokens and COSE give it; nil when the count of octets is odd.
  public static func encode(raw: some Collection<UInt8>) -> [UInt8]? {
    guard raw.count % 2 == 0, !raw.isEmpty else { return nil }
    let half = raw.count / 2
    return DERWriter.build {
      $0.sequence {
        $0.unsignedInteger(raw.prefix(half))
        $0.unsignedInteger(raw.suffix(half))
      }
    }
  }

  private static func append(_ integer: ArraySlice<UInt8>, to raw: inout [UInt8], width: Int) -> Bool {
    guard let first = integer.first, first < 0x80 else { return false }
    let magnitude = first == 0 ? integer.dropFirst() : integer
    guard magnitude.count <= width else { return false }
    raw.append(contentsOf: repeatElement(0, count: width - magnitude.count))
    raw.append(contentsOf: magnitude)
    return true
  }
}
