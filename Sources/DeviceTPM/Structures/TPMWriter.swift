/// Writes TPM structures: big-endian numbers and counted bytes (TPM 2.0 Library part 1, §17).
struct TPMWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put8(_ value: UInt8) { bytes.append(value) }

  mutating func put16(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  mutating func put32(_ value: UInt32) {
    put16(UInt16(truncatingIfNeeded: value >> 16))
    put16(UInt16(truncatingIfNeeded: value))
  }

  mutating func put(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  /// A TPM2B: two octets of count, then the bytes. What is over 65,535 is no TPM's, and comes out cut.
  mutating func putSized(_ more: some Collection<UInt8>) {
    let kept = more.prefix(Int(UInt16.max))
    put16(UInt16(truncatingIfNeeded: kept.count))
    put(kept)
  }

  mutating func put(_ more: [UInt8], countedBy octets: Int) {
    if octets == 4 {
      put32(UInt32(truncatingIfNeeded: more.count))
    } else {
      put16(UInt16(truncatingIfNeeded: more.count))
    }
    put(more)
  }
}
