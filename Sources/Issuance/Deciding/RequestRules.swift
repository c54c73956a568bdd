import Credentials
import WireFormats

/// What a profile says about the request itself. Nothing is dropped in silence: what is not allowed is refused by name.
enum RequestRules {
  static func check(_ request: RequestedCertificate, against profile: Profile) throws(Refusal) {
    let algorithm = request.publicKey.algorithm
    guard profile.keys.contains(algorithm) else {
      let allowed = profile.keys.map(\.rawValue).joined(separator: ", ")
      throw .policy(
        "key-algorithm", "\(algorithm.rawValue) keys are not allowed by \(profile.name); allowed are \(allowed)")
    }
    for requested in request.extensions { try check(requested, in: request, against: profile) }
  }

  private static func check(
    _ requested: CertificateExtension, in request: RequestedCertificate, against profile: Profile
  ) throws(Refusal) {
    switch requested.identifier {
    case ExtensionID.subjectAlternativeName:
      return  // decided with the names
    case ExtensionID.keyUsage:
      guard let usage = request.keyUsage, usage.isSubset(of: profile.keyUsage) else {
        throw .policy("key-usage", "the request asks for a key usage that \(profile.name) does not give")
      }
    case ExtensionID.extendedKeyUsage:
      guard request.extendedKeyUsages.allSatisfy(profile.extendedKeyUsages.contains) else {
        throw .policy("extended-key-usage", "the request asks for a purpose that \(profile.name) does not give")
      }
    case ExtensionID.basicConstraints:
      guard request.basicConstraints?.isAuthority != true else {
        throw .policy("basic-constraints", "\(profile.name) makes no authorities")
      }
    case ExtensionID.subjectKeyIdentifier:
      // The certificate's own is computed; asking for the same one, as openssl does, is harmless.
      let computed = DERWriter.build { $0.octetString(request.publicKey.keyIdentifier) }
      guard requested.value == computed else {
        throw .policy("subject-key-identifier", "the request asks for another subject key identifier than its key's")
      }
    default:
      throw .policy(
        "extension", "the request asks for extension \(requested.identifier), which \(profile.name) does not give")
    }
  }
}
