import Credentials
import WireFormats
import Yams

/// The parts of a profile's text that use the standards' own names.
extension ProfileDocument {
  /// Attribute types that a subject template may use (RFC 5280 §4.1.2.4), by their X.520 names.
  static let attributeTypes: [(name: String, type: ObjectIdentifier)] = [
    ("commonName", ObjectIdentifier([2, 5, 4, 3])),
    ("serialNumber", ObjectIdentifier([2, 5, 4, 5])),
    ("countryName", ObjectIdentifier([2, 5, 4, 6])),
    ("localityName", ObjectIdentifier([2, 5, 4, 7])),
    ("stateOrProvinceName", ObjectIdentifier([2, 5, 4, 8])),
    ("organizationName", ObjectIdentifier([2, 5, 4, 10])),
    ("organizationalUnitName", ObjectIdentifier([2, 5, 4, 11])),
  ]

  /// KeyPurposeIds (RFC 5280 §4.2.1.12) that a device may hold, by name. id-kp-cmcRA and OCSPSigning have no name here:
  /// no device profile grants them.
  static let keyPurposes: [(name: String, identifier: ObjectIdentifier)] = [
    ("clientAuth", ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])),
    ("serverAuth", ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 1])),
    ("codeSigning", ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 3])),
    ("emailProtection", ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 4])),
  ]

  /// KeyPurposeIds that only the installation's own certificates carry.
  private static let reservedPurposes = [
    ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 28]), ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 9]),
    ObjectIdentifier([2, 5, 29, 37, 0]),
  ]

  private static let usages: [(name: String, usage: KeyUsage)] = [
    ("digitalSignature", .digitalSignature), ("contentCommitment", .contentCommitment),
    ("keyEncipherment", .keyEncipherment), ("dataEncipherment", .dataEncipherment), ("keyAgreement", .keyAgreement),
  ]

  static func subject(_ node: Node) throws(ProfileError) -> [SubjectTemplate.Attribute] {
    var attributes: [SubjectTemplate.Attribute] = []
    for entry in try DocumentReader.list(node) {
      let (key, keyNode, value) = try pair(entry)
      guard let known = attributeTypes.first(where: { $0.name == key }) else {
        let names = attributeTypes.map(\.name).joined(separator: ", ")
        throw DocumentReader.failure(keyNode, "'\(key)' is not one of \(names)")
      }
      attributes.append(SubjectTemplate.Attribute(name: key, type: known.type, template: try template(value)))
    }
    return attributes
  }

  static func names(_ node: Node) throws(ProfileError) -> [SubjectTemplate.Name] {
    var names: [SubjectTemplate.Name] = []
    for entry in try DocumentReader.list(node) {
      let (key, keyNode, value) = try pair(entry)
      guard let kind = SubjectTemplate.Name.Kind(rawValue: key) else {
        throw DocumentReader.failure(keyNode, "'\(key)' is not one of dns, uri, email")
      }
      names.append(SubjectTemplate.Name(kind: kind, template: try template(value)))
    }
    return names
  }

  static func keyUsage(_ node: Node) throws(ProfileError) -> KeyUsage {
    var usage: KeyUsage = []
    for entry in try DocumentReader.list(node) {
      let text = try DocumentReader.text(entry)
      guard let known = usages.first(where: { $0.name == text }) else {
        // keyCertSign and cRLSign belong to authorities (RFC 5280 §4.2.1.3).
        throw DocumentReader.failure(entry, "'\(text)' is not one of \(usages.map(\.name).joined(separator: ", "))")
      }
      usage.insert(known.usage)
    }
    guard !usage.isEmpty else { throw DocumentReader.failure(node, "at least one key usage is needed") }
    return usage
  }

  static func extendedKeyUsages(_ node: Node) throws(ProfileError) -> [ObjectIdentifier] {
    var purposes: [ObjectIdentifier] = []
    for entry in try DocumentReader.list(node) {
      let text = try DocumentReader.text(entry)
      let known = keyPurposes.first { $0.name == text }?.identifier
      guard let purpose = known ?? ObjectIdentifier(dotted: text) else {
        let names = keyPurposes.map(\.name).joined(separator: ", ")
        throw DocumentReader.failure(entry, "'\(text)' is not one of \(names), nor an object identifier")
      }
      guard !reservedPurposes.contains(purpose) else {
        throw DocumentReader.failure(entry, "'\(text)' is kept for the installation's own certificates")
      }
      guard !purposes.contains(purpose) else { throw DocumentReader.failure(entry, "'\(text)' stands twice") }
      purposes.append(purpose)
    }
    return purposes
  }

  static func policies(_ node: Node) throws(ProfileError) -> [ObjectIdentifier] {
    var policies: [ObjectIdentifier] = []
    for entry in try DocumentReader.list(node) {
      let text = try DocumentReader.text(entry)
      guard let policy = ObjectIdentifier(dotted: text), !policies.contains(policy) else {
        throw DocumentReader.failure(entry, "'\(text)' is not an object identifier, or stands twice")
      }
      policies.append(policy)
    }
    return policies
  }

  /// A list entry of one key and one value: `- commonName: "{serial}"`.
  private static func pair(_ node: Node) throws(ProfileError) -> (String, Node, Node) {
    let reader = try DocumentReader(node, what: "an entry")
    guard reader.all.count == 1, let entry = reader.all.first else {
      throw DocumentReader.failure(node, "an entry is one key and one value")
    }
    return (entry.key, entry.keyNode, entry.value)
  }

  private static func template(_ node: Node) throws(ProfileError) -> SubjectTemplate {
    guard let template = SubjectTemplate(try DocumentReader.text(node)) else {
      let names = SubjectTemplate.Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
      throw DocumentReader.failure(node, "placeholders are \(names)")
    }
    return template
  }
}
