// The names are those of touchmark.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import TouchmarkHeader

/// A signer whose r and s are the octets of its message: what comes out is compared, not verified.
private struct KnownSigner: RequestSigner {
  func sign(_ message: ByteView, into signature: UnsafeMutablePointer<UInt8>) -> Bool {
    var index = 0
    while index < 64, let octet = message.byte(index) {
      signature[index] = octet
      index &+= 1
    }
    return index == 64
  }
}

/// A number over some bytes (FNV-1a), to compare an output by.
private func sum(_ bytes: ByteView) -> UInt32 {
  var sum: UInt32 = 0x811C_9DC5
  var index = 0
  while let octet = bytes.byte(index) {
    sum = (sum ^ UInt32(octet)) &* 0x0100_0193
    index &+= 1
  }
  return sum
}

@c @implementation
public func touchmark_self_test() -> touchmark_result {
  result { () throws(FormatError) in
    // Two points' worth of a key that is nobody's: this never leaves the test.
    let point = ByteView("\u{4}0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
    let assembly = RequestAssembly(point: point, serialNumber: ByteView("SELF-1"), commonName: ByteView("self test"))
    var (room, text) = (InlineRoom(), InlineRoom())
    return try room.withBytes { (buffer, capacity) throws(FormatError) in
      let request = try assembly.write(into: buffer, capacity: capacity, signer: KnownSigner())
      return try text.withBytes { (letters, capacity) throws(FormatError) in
        let count = try Base64Text.encode(request, into: letters, capacity: capacity)
        let encoded = ByteView(start: UnsafePointer(letters), count: count)
        guard sum(encoded) == SelfTest.expected else { return FormatError.badValue.rawValue }
        let back = try Base64Text.decode(encoded, into: letters, capacity: capacity)
        guard ByteView(start: UnsafePointer(letters), count: back).equals(request) else {
          return FormatError.badBase64.rawValue
        }
        var fields = try DERCursor.only(TagOctet.sequence, of: request).cursor
        var info = try fields.sequence()
        _ = try info.read(TagOctet.integer)
        let name = NameView(try info.read(TagOctet.sequence))
        guard let serial = try name.serialNumber(), serial.equals(ByteView("SELF-1")) else {
          return FormatError.badString.rawValue
        }
        return (try? CertificateView(parsing: request)) == nil ? ok : FormatError.unexpectedContent.rawValue
      }
    }
  }
}

private enum SelfTest {
  static var expected: UInt32 { 0xB964_189C }
}

/// 512 octets on the stack.
private struct InlineRoom {
  private typealias Line = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
  private var lines: (Line, Line, Line, Line, Line, Line, Line, Line)

  init() {
    let line: Line = (0, 0, 0, 0, 0, 0, 0, 0)
    lines = (line, line, line, line, line, line, line, line)
  }

  mutating func withBytes<Value>(
    _ body: (UnsafeMutablePointer<UInt8>, Int) throws(FormatError) -> Value
  ) throws(FormatError) -> Value {
    try withUnsafeMutablePointer(to: &lines) { (pointer) throws(FormatError) in
      try pointer.withMemoryRebound(to: UInt8.self, capacity: 512) { (octets) throws(FormatError) in
        try body(octets, 512)
      }
    }
  }
}
