/// TCG_EfiSpecIdEvent (§10.4.5.1), the first entry, in the form of TPM 1.2: which digests all others have.
struct EventLogHead {
  struct Algorithm {
    let identifier: UInt16
    let size: Int
    /// Nil for one that is not known here (SM3): its digests are read and passed over.
    let known: TPMHashAlgorithm?
  }

  let algorithms: [Algorithm]

  private static let signature = Array("Spec ID Event03".utf8) + [0]
  private static let most = 8

  init(_ reader: inout EventLogReader) throws(EventLogError) {
    let register = try reader.readUInt32()
    let type = try reader.readUInt32()
    _ = try reader.read(20)
    let size = try reader.readUInt32()
    guard register == 0, type == MeasuredEvent.noAction else { throw .notCryptoAgile }
    var content = EventLogReader(Array(try reader.read(Int(size))))
    guard try content.read(Self.signature.count).elementsEqual(Self.signature) else { throw .notCryptoAgile }
    // platformClass, the specification's version, errata, and the size of a UINTN.
    _ = try content.read(8)
    let count = Int(try content.readUInt32())
    guard (1...Self.most).contains(count) else { throw .notCryptoAgile }
    var algorithms: [Algorithm] = []
    for _ in 0..<count {
      let algorithm = try Self.algorithm(&content)
      guard !algorithms.contains(where: { $0.identifier == algorithm.identifier }) else { throw .badDigests }
      algorithms.append(algorithm)
    }
    self.algorithms = algorithms
    // vendorInfo.
    _ = try content.read(Int(try content.readUInt8()))
  }

  private static func algorithm(_ reader: inout EventLogReader) throws(EventLogError) -> Algorithm {
    let identifier = try reader.readUInt16()
    let size = Int(try reader.readUInt16())
    let known = TPMHashAlgorithm(rawValue: identifier)
    guard (1...64).contains(size), known.map({ $0.size == size }) ?? true else { throw .badDigests }
    return Algorithm(identifier: identifier, size: size, known: known)
  }
}

/// Reads little-endian integers, and never past the end.
struct EventLogReader {
  private let octets: [UInt8]
  private var place = 0

  init(_ octets: [UInt8]) { self.octets = octets }

  var isAtEnd: Bool { place == octets.count }

  mutating func read(_ count: Int) throws(EventLogError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= octets.count - place else { throw .truncated }
    defer { place += count }
    return octets[place..<place + count]
  }

  mutating func readUInt8() throws(EventLogError) -> UInt8 { try read(1).first ?? 0 }
  mutating func readUInt16() throws(EventLogError) -> UInt16 {
    try read(2).reversed().reduce(0) { $0 << 8 | UInt16($1) }
  }
  mutating func readUInt32() throws(EventLogError) -> UInt32 {
    try read(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
