import Credentials
import WireFormats
import Yams

/// `extensions`: those that Touchmark does not know, each as it goes into every certificate of the profile.
extension ProfileDocument {
  /// More than this is no profile.
  private static let most = 16
  private static let longestValue = 4096
  /// id-ce and id-pe (RFC 5280 §4.2): what is standard there is made from the profile's other keys.
  private static let ownArcs = ["2.5.29.", "1.3.6.1.5.5.7.1."]

  static func extensions(_ node: Node) throws(ProfileError) -> [CertificateExtension] {
    let entries = try DocumentReader.list(node)
    guard entries.count <= most else { throw DocumentReader.failure(node, "at most \(most) extensions") }
    var found: [CertificateExtension] = []
    for entry in entries {
      let next = try certificateExtension(entry)
      guard !found.contains(where: { $0.identifier == next.identifier }) else {
        throw DocumentReader.failure(entry, "'\(next.identifier)' stands twice")
      }
      found.append(next)
    }
    return found
  }

  private static func certificateExtension(_ node: Node) throws(ProfileError) -> CertificateExtension {
    var reader = try DocumentReader(node, what: "an extension")
    let (oid, value) = (try reader.required("oid"), try reader.required("value"))
    let critical = try reader.optional("critical").map(DocumentReader.boolean) ?? false
    try reader.finish()
    let text = try DocumentReader.text(oid)
    guard let identifier = ObjectIdentifier(dotted: text) else {
      throw DocumentReader.failure(oid, "'\(text)' is not an object identifier")
    }
    guard !ownArcs.contains(where: { text.hasPrefix($0) }) else {
      throw DocumentReader.failure(oid, "\(text) is made from the profile's other keys, and cannot be given")
    }
    return CertificateExtension(identifier: identifier, critical: critical, value: try der(value))
  }

  private static func der(_ node: Node) throws(ProfileError) -> [UInt8] {
    let text = try DocumentReader.text(node)
    guard text.utf8.count <= longestValue * 2, let octets = Base64.decode(Array(text.utf8)),
      octets.count <= longestValue
    else { throw DocumentReader.failure(node, "the extension's value is its DER in base64, at most 4096 octets") }
    var reader = DERReader(octets)
    guard (try? reader.read()) != nil, reader.isAtEnd else {
      throw DocumentReader.failure(node, "the extension's value is not one DER element")
    }
    return octets
  }
}
