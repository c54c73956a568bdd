import CPKCS11

/// Attributes of an object, with memory of their own for as long as `withTemplate` runs.
package struct Attributes {
  private var values: [(type: CK_ATTRIBUTE_TYPE, octets: [UInt8])] = []

  package mutating func add(_ type: CK_ATTRIBUTE_TYPE, octets: [UInt8]) { values.append((type, octets)) }

  package mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ flag: Bool) { values.append((type, [flag ? 1 : 0])) }

  package mutating func add(_ type: CK_ATTRIBUTE_TYPE, number: CK_ULONG) {
    values.append((type, withUnsafeBytes(of: number) { Array($0) }))
  }

  package mutating func add(_ type: CK_ATTRIBUTE_TYPE, text: String) { values.append((type, Array(text.utf8))) }

  package func withTemplate<R, E: Error>(
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
package enum CKA {
  package static let `class`: CK_ATTRIBUTE_TYPE = 0x000
  package static let token: CK_ATTRIBUTE_TYPE = 0x001
  package static let `private`: CK_ATTRIBUTE_TYPE = 0x002
  package static let label: CK_ATTRIBUTE_TYPE = 0x003
  package static let keyType: CK_ATTRIBUTE_TYPE = 0x100
  package static let id: CK_ATTRIBUTE_TYPE = 0x102
  package static let sensitive: CK_ATTRIBUTE_TYPE = 0x103
  package static let sign: CK_ATTRIBUTE_TYPE = 0x108
  package static let verify: CK_ATTRIBUTE_TYPE = 0x10A
  package static let modulus: CK_ATTRIBUTE_TYPE = 0x120
  package static let modulusBits: CK_ATTRIBUTE_TYPE = 0x121
  package static let publicExponent: CK_ATTRIBUTE_TYPE = 0x122
  package static let extractable: CK_ATTRIBUTE_TYPE = 0x162
  package static let local: CK_ATTRIBUTE_TYPE = 0x163
  package static let neverExtractable: CK_ATTRIBUTE_TYPE = 0x164
  package static let alwaysSensitive: CK_ATTRIBUTE_TYPE = 0x165
  package static let ecParams: CK_ATTRIBUTE_TYPE = 0x180
  package static let ecPoint: CK_ATTRIBUTE_TYPE = 0x181
}

package enum CKO {
  package static let publicKey: CK_ULONG = 2
  package static let privateKey: CK_ULONG = 3
}
