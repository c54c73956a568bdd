import WireFormats

/// The profile's key algorithms. Keys that are weak everywhere never parse.
enum KeyAlgorithmAllowed: CertificateRule {
  static let name = "key-algorithm-allowed"

  static func objection(to facts: CertificateFacts) -> String? {
    let algorithm = facts.fields.publicKey.algorithm
    return facts.template.limits.keyAlgorithms.contains(algorithm)
      ? nil : "a key of \(algorithm.rawValue) is not among the profile's algorithms"
  }
}
