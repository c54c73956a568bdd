import Credentials
import WireFormats

/// Who may vouch for secure elements: certificates that the operator named.
public struct ManifestSigners: Sendable {
  let certificates: [Certificate]
  /// No file of signers holds more.
  public static let most = 64

  /// - Parameter certificates: DER; signers themselves, or authorities above signers that an entry carries along.
  public init(_ certificates: [[UInt8]]) throws(ManifestError) {
    guard !certificates.isEmpty, certificates.count <= Self.most else {
      throw ManifestError("name 1 to \(Self.most) certificates of signers")
    }
    var parsed: [Certificate] = []
    for encoded in certificates {
      guard let certificate = try? Certificate(parsing: encoded) else {
        throw ManifestError("a signer's certificate cannot be read")
      }
      parsed.append(certificate)
    }
    self.certificates = parsed
  }

  /// The signer that a protected header names: by thumbprint (RFC 7515 §4.1.8), by its subject key identifier as `kid`,
  /// or by a chain that it carries (§4.1.6) and that ends at one of these.
  func signer(named header: ManifestHeader, at now: Instant) throws(ManifestError) -> Certificate {
    if let thumbprint = header.thumbprint {
      let octets = Base64.decodeURL(thumbprint.utf8)
      if let found = certificates.first(where: { $0.fingerprint == octets }) { return found }
    } else if let identifier = header.keyIdentifier, let octets = Base64.decodeURL(identifier.utf8),
      let found = certificates.first(where: { $0.subjectKeyIdentifier == octets })
    {
      return found
    }
    return try carried(header.chain, thumbprint: header.thumbprint, at: now)
  }

  private func carried(
    _ chain: [String], thumbprint: String?, at now: Instant
  ) throws(ManifestError) -> Certificate {
    guard !chain.isEmpty else { throw ManifestError("it is signed by another than those named with --signer") }
    guard chain.count <= CertificationPath.maximumDepth else { throw ManifestError("its chain is too long") }
    var certificates: [Certificate] = []
    for text in chain {
      guard let encoded = Base64.decode(text.utf8), let certificate = try? Certificate(parsing: encoded) else {
        throw ManifestError("its chain cannot be read")
      }
      certificates.append(certificate)
    }
    guard let leaf = certificates.first, thumbprint == nil || Base64.encodeURL(leaf.fingerprint) == thumbprint else {
      throw ManifestError("its chain begins with another certificate than it names")
    }
    do {
      _ = try CertificationPath.verify(
        leaf: leaf, intermediates: Array(certificates.dropFirst()), anchors: self.certificates, at: now)
    } catch {
      throw ManifestError("its signer is not certified by those named with --signer")
    }
    return leaf
  }
}
