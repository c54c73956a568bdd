import Registry

extension Resolver {
  /// Names that their holder answers for, under a profile that keeps no device: one certificate an order, whatever was
  /// lost on the way.
  func byChallenge(order: String) throws -> Resolution {
    guard let label = request.label else { throw Refusal(.badRequest, "say which profile") }
    let applicant = Applicant(right: .challenge(order: order), device: nil, certificates: [])
    return try resolution(applicant, profile: label, earlier: try certificate(ofOrder: order))
  }

  /// What the order brought before, for the same key.
  func certificate(ofOrder order: String) throws -> CertificateRecord? {
    let principal = Applicant(right: .challenge(order: order), device: nil, certificates: []).principal
    return try reader.certificates(keyHash: keyHash, in: organization).last {
      $0.principal == principal && $0.status == .good && now <= $0.notAfter
    }
  }
}
