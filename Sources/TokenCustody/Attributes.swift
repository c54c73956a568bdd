import CPKCS11

/// Attributes of an object, with memory of their own for as long as `withTemplate` runs.
struct Attributes {
  private var values: [(type: CK_ATTRIBUTE_TYPE, octets: [UInt8])] = []

  mutating func add(_ type: CK_ATTRIBUTE_TYPE, octets: [UInt8]) { values.append((type, octets)) }

  mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ flag: Bool) { values.append((type, [flag ? 1 : 0])) }

  mutating func add(_ type: CK_ATTRIBUTE_TYPE, number: CK_ULONG) {
    values.append((type, withUnsafeBytes(of: number) { Array($0) }))
  }

  mutating func add(_ type: CK_ATTRIBUTE_TYPE, text: String) { values.append((type, Array(text.utf8))) }

  func withTemplate<R, E: Error>(
    _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) throws(E) -> R
  ) throws(E) -> R {
    // One block for all values: pointers into arrays would be valid for a call each.
    let size = values.reduce(0) { $0 + $1.octets.count }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 16)
    defer { block.deallocate() }
    var template: [CK_ATTRIBUTE] = []
    var offset = 0
    for (type, octets) in values {
      let room = UnsafeMutableRawBufferPointer(rebasing: block[offset..<(offset + octets.count)])
      room.copyBytes(from: octets)
      template.append(
        CK_ATTRIBUTE(type: type, pValue: room.baseAddress, ulValueLen: CK_ULONG(octets.count)))
      offset += octets.count
    }
    let list = UnsafeMutableBufferPointer<CK_ATTRIBUTE>.allocate(capacity: max(template.count, 1))
    defer { list.deallocate() }
    _ = list.initialize(from: template)
    return try body(list.baseAddress, CK_ULONG(template.count))
  }
}

/// Attribute, class and key types (PKCS #11 v3.0 §4), by their numbers: header versions name them differently.
enum CKA {
  static let `class`: CK_ATTRIBUTE_TYPE = 0x000
  static let token: CK_ATTRIBUTE_TYPE = 0x001
  static let `private`: CK_ATTRIBUTE_TYPE = 0x002
  static let label: CK_ATTRIBUTE_TYPE = 0x003
  static let keyType: CK_ATTRIBUTE_TYPE = 0x100
  static let id: CK_ATTRIBUTE_TYPE = 0x102
  static let sensitive: CK_ATTRIBUTE_TYPE = 0x103
  static let sign: CK_ATTRIBUTE_TYPE = 0x108
  static let verify: CK_ATTRIBUTE_TYPE = 0x10A
  static let modulus: CK_ATTRIBUTE_TYPE = 0x120
  static let modulusBits: CK_ATTRIBUTE_TYPE = 0x121
  static let publicExponent: CK_ATTRIBUTE_TYPE = 0x122
  static let extractable: CK_ATTRIBUTE_TYPE = 0x162
  static let local: CK_ATTRIBUTE_TYPE = 0x163
  static let neverExtractable: CK_ATTRIBUTE_TYPE = 0x164
  static let alwaysSensitive: CK_ATTRIBUTE_TYPE = 0x165
  static let ecParams: CK_ATTRIBUTE_TYPE = 0x180
  static let ecPoint: CK_ATTRIBUTE_TYPE = 0x181
}

enum CKO {
  static let publicKey: CK_ULONG = 2
  static let privateKey: CK_ULONG = 3
}
