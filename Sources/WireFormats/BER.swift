/// BER (X.690 §8), as far as CMS is sent in it by real clients: indefinite lengths, lengths that are not minimal, and
/// octet strings in pieces.
///
/// What this gives is read by `DERReader`. The order of a SET's members and the contents of primitive elements stay as
/// they came; an octet string in pieces that has a context's tag instead of its own cannot be told from a structure and
/// stays in pieces.
public enum BER {
  /// Deeper structures are refused. A SignedData with all that it may hold has 15 levels.
  public static let maximumDepth = 32

  /// One whole element with definite, minimal lengths.
  ///
  /// - Parameter maximumSize: In octets; longer input is refused with `tooLong`.
  public static func der(_ encoded: [UInt8], maximumSize: Int) throws(DERError) -> [UInt8] {
    guard encoded.count <= maximumSize else { throw .tooLong }
    var transcription = BERTranscription(input: encoded)
    try transcription.element(until: encoded.count, depth: 0)
    guard transcription.cursor == encoded.count else { throw .trailingBytes }
    return transcription.output
  }
}

/// Reads elements at a cursor and appends them in DER. It recurses at most `BER.maximumDepth` times.
private struct BERTranscription {
  let input: [UInt8]
  private(set) var cursor = 0
  private(set) var output: [UInt8] = []

  private static let constructedBit: UInt8 = 0x20
  private static let constructedOctetString: UInt8 = DERTag.octetString | constructedBit

  init(input: [UInt8]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  mutating func element(until end: Int, depth: Int) throws(DERError) {
    guard depth < BER.maximumDepth else { throw .tooDeep }
    let (tag, length) = try header(until: end)
    if tag == Self.constructedOctetString {
      try wrap(DERTag.octetString) { (self) throws(DERError) in
        try self.pieces(length, until: end, depth: depth + 1)
      }
    } else if tag & Self.constructedBit != 0 {
      try wrap(tag) { (self) throws(DERError) in try self.members(length, until: end, depth: depth + 1) }
    } else {
      guard let length else { throw .indefiniteLength }
      try wrap(tag) { (self) throws(DERError) in self.copy(length) }
    }
  }

  /// Tag, and length within `end`: nil when it is indefinite.
  private mutating func header(until end: Int) throws(DERError) -> (tag: UInt8, length: Int?) {
    guard end - cursor >= 2 else { throw .truncated }
    let (tag, first) = (input[cursor], input[cursor + 1])
    guard tag & 0x1F != 0x1F else { throw .highTagNumber }
    // X.690 §8.1.5: only the end of an indefinite length has tag zero.
    guard tag != 0 else { throw .unexpectedTag(found: 0, expected: DERTag.sequence) }
    cursor += 2
    guard first != 0x80 else { return (tag, nil) }
    let length = first < 0x80 ? Int(first) : try longLength(octets: Int(first & 0x7F), until: end)
    guard end - cursor >= length else { throw .truncated }
    return (tag, length)
  }

  /// X.690 §8.1.3.5: leading zeros are allowed, here within eight octets.
  private mutating func longLength(octets: Int, until end: Int) throws(DERError) -> Int {
    guard octets <= 8 else { throw .tooLong }
    guard end - cursor >= octets else { throw .truncated }
    var length = 0
    for octet in input[cursor..<cursor + octets] {
      guard length < 1 << 32 else { throw .tooLong }
      length = length << 8 | Int(octet)
    }
    cursor += octets
    return length
  }

  private mutating func members(_ length: Int?, until end: Int, depth: Int) throws(DERError) {
    let limit = length.map { cursor + $0 }
    while try !isOver(limit, until: end) { try element(until: limit ?? end, depth: depth) }
  }

  /// X.690 §8.7.3: the pieces are octet strings themselves, whole or in pieces again.
  private mutating func pieces(_ length: Int?, until end: Int, depth: Int) throws(DERError) {
    guard depth < BER.maximumDepth else { throw .tooDeep }
    let limit = length.map { cursor + $0 }
    while try !isOver(limit, until: end) {
      let (tag, length) = try header(until: limit ?? end)
      switch (tag, length) {
      case (DERTag.octetString, let length?): copy(length)
      case (Self.constructedOctetString, _): try pieces(length, until: limit ?? end, depth: depth + 1)
      default: throw .unexpectedTag(found: tag, expected: DERTag.octetString)
      }
    }
  }

  /// Whether a constructed element ends here; consumes the two octets that end an indefinite length.
  private mutating func isOver(_ limit: Int?, until end: Int) throws(DERError) -> Bool {
    if let limit { return cursor == limit }
    guard end - cursor >= 2 else { throw .truncated }
    guard input[cursor] == 0, input[cursor + 1] == 0 else { return false }
    cursor += 2
    return true
  }

  private mutating func copy(_ length: Int) {
    output.append(contentsOf: input[cursor..<cursor + length])
    cursor += length
  }

  /// Writes a tag, what `body` appends, and between them its length.
  private mutating func wrap(_ tag: UInt8, _ body: (inout Self) throws(DERError) -> Void) throws(DERError) {
    output.append(tag)
    let start = output.count
    try body(&self)
    var header = DERWriter(capacity: 8)
    header.header(tag, length: output.count - start)
    output.insert(contentsOf: header.bytes.dropFirst(), at: start)
  }
}
