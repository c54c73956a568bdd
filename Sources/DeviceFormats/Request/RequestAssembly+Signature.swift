extension RequestAssembly {
  /// Signs, and writes signatureAlgorithm and signature behind what was signed.
  ///
  /// - Returns: How much was written.
  func appendSignature(
    over message: ByteView, at place: UnsafeMutablePointer<UInt8>, _ signer: some RequestSigner
  ) throws(FormatError) -> Int {
    // r and s go to the end of the room first, and are then read from there.
    var plain: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    let length = withUnsafeMutableBytes(of: &plain) { octets -> Int in
      guard let start = octets.baseAddress?.assumingMemoryBound(to: UInt8.self), signer.sign(message, into: start)
      else {
        return 0
      }
      let signature = ByteView(start: UnsafePointer(start), count: 64)
      return Self.write(r: signature.prefix(32), s: signature.dropFirst(32), at: place)
    }
    guard length > 0 else { throw .refused }
    return length
  }

  /// - Returns: How much was written, 0 for numbers that are no signature.
  private static func write(r: ByteView, s: ByteView, at place: UnsafeMutablePointer<UInt8>) -> Int {
    let (first, second) = (minimal(r), minimal(s))
    guard !first.isEmpty, !second.isEmpty else { return 0 }
    let lengths = (first.count &+ sign(first), second.count &+ sign(second))
    let value = lengths.0 &+ lengths.1 &+ 4
    var index = 0
    func put(_ octet: UInt8) {
      place[index] = octet
      index &+= 1
    }
    func put(_ bytes: ByteView, _ length: Int) {
      put(TagOctet.integer)
      put(UInt8(truncatingIfNeeded: length))
      if length > bytes.count { put(0) }
      var offset = 0
      while let octet = bytes.byte(offset) {
        put(octet)
        offset &+= 1
      }
    }
    // RFC 5758 §3.2: ecdsa-with-SHA256, without parameters.
    var header: UInt64 = 0x0608_2A86_48CE_3D04
    put(0x30)
    put(0x0A)
    while header != 0 {
      put(UInt8(truncatingIfNeeded: header >> 56))
      header <<= 8
    }
    put(0x03)
    put(0x02)
    put(TagOctet.bitString)
    put(UInt8(truncatingIfNeeded: value &+ 3))
    put(0)
    put(TagOctet.sequence)
    put(UInt8(truncatingIfNeeded: value))
    put(first, lengths.0)
    put(second, lengths.1)
    return index
  }

  private static func minimal(_ number: ByteView) -> ByteView {
    var rest = number
    while rest.first == 0 { rest = rest.dropFirst(1) }
    return rest
  }

  /// An INTEGER is signed: one octet more where the first bit is set.
  private static func sign(_ number: ByteView) -> Int { (number.first ?? 0) >= 0x80 ? 1 : 0 }
}
