/// Reads TPM structures, and nothing outside of them.
struct TPMReader {
  private var rest: ArraySlice<UInt8>
  let total: Int

  init(_ bytes: [UInt8]) { (rest, total) = (bytes[...], bytes.count) }

  var isAtEnd: Bool { rest.isEmpty }
  var remaining: [UInt8] { Array(rest) }

  mutating func read(_ count: Int) throws(TPMError) -> [UInt8] {
    guard count >= 0, count <= rest.count else { throw .malformed }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func read8() throws(TPMError) -> UInt8 {
    guard let first = rest.popFirst() else { throw .malformed }
    return first
  }

  mutating func read16() throws(TPMError) -> UInt16 { UInt16(try read8()) << 8 | UInt16(try read8()) }
  mutating func read32() throws(TPMError) -> UInt32 { UInt32(try read16()) << 16 | UInt32(try read16()) }

  /// The bytes of a TPM2B.
  mutating func readSized() throws(TPMError) -> [UInt8] { try read(Int(try read16())) }

  func finish() throws(TPMError) {
    guard isAtEnd else { throw .malformed }
  }
}
