import Credentials
import KeyCustody
import WireFormats

/// A key made on this machine, and the request for its certificate.
struct IssuedKey: Sendable {
  let key: SoftwareKey

  init(algorithm: KeyAlgorithm) throws(CommandFailure) {
    do {
      key = try SoftwareKey.generate(algorithm)
    } catch {
      throw CommandFailure(.refused, "a \(algorithm.rawValue) key cannot be made here")
    }
  }

  /// PKCS #8 (RFC 5958) as PEM, for a file of mode 0600.
  func pem() throws(CommandFailure) -> [UInt8] {
    guard let text = key.pkcs8PEM else { throw CommandFailure(.refused, "the key cannot be written") }
    return Array(text.utf8)
  }

  /// A request for `CN=name`. A name that is a host's stands as such among the alternative names too, and so does every
  /// host that is added (RFC 9525 §6: clients look only there).
  func request(name: String, hosts: [String], isHost: Bool) async throws(SigningError) -> [UInt8] {
    let names = (isHost ? [name] : []) + hosts.filter { $0 != name || !isHost }
    let extensions = names.isEmpty ? [] : [CertificateExtension.subjectAlternativeName(names.map(HostName.general))]
    return try await request(
      subject: DistinguishedName([.init(type: AttributeType.commonName, value: name)]), extensions: extensions)
  }

  func request(
    subject: DistinguishedName, extensions: [CertificateExtension] = []
  ) async throws(SigningError) -> [UInt8] {
    let information = CertificationRequest.toBeSigned(
      subject: subject, publicKey: key.publicKey, extensions: extensions)
    return CertificationRequest.assemble(
      information, algorithm: key.algorithm, signature: try await key.sign(information))
  }
}

/// Names that a TLS client may connect to.
package enum HostName {
  /// An address, or labels of letters, digits and hyphens with a first letter somewhere: `broker`, `mqtt.example`.
  package static func isHost(_ text: String) -> Bool {
    if GeneralName.ipAddress(text: text) != nil { return true }
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy {
            ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || (0x30...0x39).contains($0) || $0 == 0x2D
          }
      }
  }

  static func general(_ text: String) -> GeneralName {
    GeneralName.ipAddress(text: text) ?? .dnsName(text.lowercased())
  }
}
