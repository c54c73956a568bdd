/// Reads the TPM's marshalled structures (TPM 2.0 Part 1 §5, big endian), without copying and never past the end.
struct TPMReader {
  private var octets: ArraySlice<UInt8>

  init(_ octets: ArraySlice<UInt8>) { self.octets = octets }
  init(_ octets: [UInt8]) { self.octets = octets[...] }

  var isAtEnd: Bool { octets.isEmpty }

  mutating func read(_ count: Int) throws(TPMStructureError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= octets.count else { throw .truncated }
    defer { octets = octets.dropFirst(count) }
    return octets.prefix(count)
  }

  mutating func readUInt8() throws(TPMStructureError) -> UInt8 {
    guard let octet = try read(1).first else { throw .truncated }
    return octet
  }

  mutating func readUInt16() throws(TPMStructureError) -> UInt16 {
    try read(2).reduce(0) { $0 << 8 | UInt16($1) }
  }

  mutating func readUInt32() throws(TPMStructureError) -> UInt32 {
    try read(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func readUInt64() throws(TPMStructureError) -> UInt64 {
    try read(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A TPM2B: a size of two octets, then so many (Part 2 §10.4.1).
  mutating func readSized(upTo most: Int) throws(TPMStructureError) -> ArraySlice<UInt8> {
    let size = Int(try readUInt16())
    guard size <= most else { throw .tooLong }
    return try read(size)
  }

  func finish() throws(TPMStructureError) {
    guard octets.isEmpty else { throw .trailing }
  }
}

/// Writes what `TPMReader` reads.
struct TPMWriter {
  private(set) var octets: [UInt8] = []

  mutating func raw(_ value: some Collection<UInt8>) { octets.append(contentsOf: value) }

  mutating func integer(_ value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      octets.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// A TPM2B. What is written here is never longer than a size can say.
  mutating func sized(_ value: some Collection<UInt8>) {
    integer(UInt16(truncatingIfNeeded: value.count))
    raw(value)
  }

  static func build(_ body: (inout TPMWriter) -> Void) -> [UInt8] {
    var writer = TPMWriter()
    body(&writer)
    return writer.octets
  }
}
