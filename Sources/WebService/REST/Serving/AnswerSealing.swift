import KeyCustody

/// Closes kept answers while they rest in the store: an answer may show a secret, of which the store otherwise keeps
/// only the digest.
public struct AnswerSealing: Sendable {
  let seal: @Sendable ([UInt8]) throws -> [UInt8]
  let open: @Sendable ([UInt8]) throws -> [UInt8]

  /// Under a custody key, as every secret that must be read again is.
  public init(custody keys: SealedKeyStore) {
    seal = { answer in
      guard answer.count > Self.partSize else { return try keys.seal(answer, purpose: Self.purpose) }
      return try SealedParts(splitting: answer, by: Self.partSize) {
        try keys.seal($0, purpose: Self.purpose, identifier: $1)
      }.encoded
    }
    open = { kept in
      guard let parts = SealedParts(parsing: kept) else {
        return try keys.unseal(kept, purpose: Self.purpose).withBytes { Array($0) }
      }
      return try parts.joined { sealed, name in
        try keys.unseal(sealed, purpose: Self.purpose, identifier: name).withBytes { Array($0) }
      }
    }
  }

  private static let purpose = "kept-answer"
  /// Octets of a sealed item: custody takes no more than 32 KiB, and secrets of many are longer.
  private static let partSize = 24 * 1024
}

/// Sealed items one behind the other, each named by its place and their number, so that none can be lost or moved.
private struct SealedParts {
  private let items: [[UInt8]]

  /// No sealed item begins so.
  private static let mark: UInt8 = 0

  init(splitting octets: [UInt8], by size: Int, seal: ([UInt8], String) throws -> [UInt8]) rethrows {
    let starts = Array(stride(from: 0, to: octets.count, by: size))
    items = try starts.enumerated().map { index, start in
      try seal(Array(octets[start..<min(start + size, octets.count)]), Self.name(index, of: starts.count))
    }
  }

  /// Nil for what is not parts.
  init?(parsing octets: [UInt8]) {
    guard octets.first == Self.mark else { return nil }
    var (items, rest): ([[UInt8]], ArraySlice<UInt8>) = ([], octets.dropFirst())
    while !rest.isEmpty {
      let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard rest.count >= 4, rest.count - 4 >= count else { return nil }
      items.append(Array(rest.dropFirst(4).prefix(count)))
      rest = rest.dropFirst(4 + count)
    }
    self.items = items
  }

  var encoded: [UInt8] {
    items.reduce(into: [Self.mark]) { octets, item in
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: item.count).bigEndian) { octets.append(contentsOf: $0) }
      octets.append(contentsOf: item)
    }
  }

  func joined(open: ([UInt8], String) throws -> [UInt8]) rethrows -> [UInt8] {
    try items.enumerated().flatMap { try open($0.element, Self.name($0.offset, of: items.count)) }
  }

  private static func name(_ index: Int, of count: Int) -> String { "part-\(index)-of-\(count)" }
}
