import Credentials

/// Which kind of key is made for a device.
public enum ServerKeyKind: Sendable {
  /// That of the key in the request.
  case requested
  /// RSA, of the first size that the profile names.
  case rsa
  /// The first that the profile names.
  case any

  /// The request for a key of that kind.
  func chosen(
    for request: RequestedCertificate, in profile: Profile
  ) throws(Refusal) -> RequestedCertificate {
    let algorithm: KeyAlgorithm? =
      switch self {
      case .requested: request.publicKey.algorithm
      case .rsa: profile.keys.first { $0.isRSA }
      case .any: profile.keys.first
      }
    if case .requested = self { return request }
    guard let algorithm, let chosen = try? request.keyless(algorithm) else {
      throw .policy("key-algorithm", "\(profile.name) allows no key of the kind that was asked for")
    }
    return chosen
  }
}
