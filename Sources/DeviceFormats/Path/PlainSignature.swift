/// r and s of an ECDSA signature at their full length, 48 octets each at most, where crypto hardware wants them.
struct PlainSignature {
  // Twelve words rather than an array: nothing is allocated.
  private var storage: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
  private let size: Int

  /// RFC 3279 §2.2.3: `Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }`.
  init(der: ByteView, curve: KeyKind) throws(FormatError) {
    size = curve == .p384 ? 48 : 32
    storage = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    var numbers = try DERCursor.only(TagOctet.sequence, of: der).cursor
    let r = try PlainSignature.magnitude(numbers.read(TagOctet.integer), size)
    let s = try PlainSignature.magnitude(numbers.read(TagOctet.integer), size)
    try numbers.finish()
    let length = size
    withUnsafeMutableBytes(of: &storage) { octets in
      PlainSignature.place(r, endingAt: length, in: octets)
      PlainSignature.place(s, endingAt: length &* 2, in: octets)
    }
  }

  private static func magnitude(_ item: DERItem, _ size: Int) throws(FormatError) -> ByteView {
    let octets = try item.integer()
    guard let first = octets.first, first < 0x80 else { throw .badInteger }
    let magnitude = first == 0 ? octets.dropFirst(1) : octets
    // Zero is nobody's r or s.
    guard !magnitude.isEmpty, magnitude.count <= size else { throw .badInteger }
    return magnitude
  }

  private static func place(_ number: ByteView, endingAt end: Int, in octets: UnsafeMutableRawBufferPointer) {
    var index = 0
    let begin = end &- number.count
    while let octet = number.byte(index), begin &+ index >= 0, begin &+ index < octets.count {
      octets[begin &+ index] = octet
      index &+= 1
    }
  }

  func withOctets(_ body: (ByteView) -> Bool) -> Bool {
    withUnsafeBytes(of: storage) { octets in
      body(ByteView(start: octets.baseAddress?.assumingMemoryBound(to: UInt8.self), count: size &* 2))
    }
  }
}
