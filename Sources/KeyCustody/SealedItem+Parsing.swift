extension SealedItem {
  init(parsing octets: SecretBytes, path: String) throws(CustodyError) {
    try self.init(parsing: octets.withBytes { Array($0) }, path: path)
  }

  init(parsing octets: [UInt8], path: String) throws(CustodyError) {
    guard octets.count <= Self.maximumSize else { throw .tooLarge(path: path) }
    var reader = SealedItemReader(rest: octets[...], path: path)
    guard try reader.take(Self.magic.count) == Self.magic[...] else {
      throw .damaged(path: path, what: "it does not begin as a sealed file does")
    }
    guard try reader.take(1).first == Self.version else { throw .unsupportedVersion(path: path) }
    let organization = try reader.text()
    let storeID = try reader.field()
    let name = try reader.text()
    let purpose = try reader.text()
    let publicKey = try reader.field()
    let salt = try reader.field()
    let box = try reader.take(reader.number(4))
    guard reader.rest.isEmpty else { throw .damaged(path: path, what: "octets follow its end") }
    label = Label(
      organization: organization, storeID: storeID, name: name, purpose: purpose, publicKey: publicKey)
    self.salt = salt
    self.box = Array(box)
  }
}

/// Reads from the front; an early end is `truncated`.
private struct SealedItemReader {
  var rest: ArraySlice<UInt8>
  let path: String

  mutating func take(_ count: Int) throws(CustodyError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .truncated(path: path) }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func number(_ size: Int) throws(CustodyError) -> Int {
    try take(size).reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func field() throws(CustodyError) -> [UInt8] { Array(try take(number(2))) }

  mutating func text() throws(CustodyError) -> String {
    guard let text = String(validating: try field(), as: UTF8.self) else {
      throw .damaged(path: path, what: "a name in it is no text")
    }
    return text
  }
}
