import WireFormats

/// Why no path leads from a certificate to a trust anchor. Where several paths were tried, the reason that was found
/// farthest from the leaf.
public enum CertificationPathError: Error, Hashable, Sendable {
  /// No anchor or intermediate bears the issuer's name.
  case noIssuer
  case badSignature
  case notYetValid(Instant)
  case expired(Instant)
  /// An issuer without `cA` in BasicConstraints (RFC 5280 §6.1.4 (k)).
  case issuerIsNotAuthority
  /// An issuer whose KeyUsage lacks keyCertSign (RFC 5280 §6.1.4 (n)).
  case issuerMayNotSign
  /// More authorities than a pathLenConstraint allows (RFC 5280 §6.1.4 (l), (m)).
  case pathTooLong
  /// A critical extension that nothing here processes (RFC 5280 §6.1.4 (o), §6.1.5 (f)).
  case unknownCriticalExtension(ObjectIdentifier)
  /// NameConstraints of an authority on the way cannot be honored here, so that nothing under it is believed.
  case nameConstraints
  /// More than `CertificationPath.maximumDepth` certificates, or more signatures than `maximumSignatures`.
  case tooMuchWork
}

extension CertificationPathError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noIssuer: "its issuer is not among what was sent and what is trusted"
    case .badSignature: "a signature on the way is not valid"
    case .notYetValid(let from): "a certificate on the way is not valid before \(from)"
    case .expired(let end): "a certificate on the way expired at \(end)"
    case .issuerIsNotAuthority: "an issuer on the way is no authority (basicConstraints)"
    case .issuerMayNotSign: "an issuer on the way may not sign certificates (keyUsage without keyCertSign)"
    case .pathTooLong: "more authorities than a pathLenConstraint allows"
    case .unknownCriticalExtension(let identifier): "the critical extension \(identifier) is not processed here"
    case .nameConstraints: "an authority on the way has nameConstraints, which are not processed here"
    case .tooMuchWork: "the path is too long"
    }
  }
}

/// A checked path (RFC 5280 §6): the leaf, its authorities, and the anchor at the end.
///
/// Names chain octet for octet, which RFC 5280 §7.1 allows an implementation. Policies are not processed: rights come
/// from the anchor's own record, never from a policy in a chain.
public struct CertificationPath: Sendable, Hashable {
  /// Leaf first, anchor last.
  public let certificates: [Certificate]

  /// Of a path, anchor included.
  public static let maximumDepth = 6
  /// Signatures checked for one leaf, whatever the shape of what was sent.
  public static let maximumSignatures = 16
  /// Certificates that a client may send along.
  public static let maximumIntermediates = 16

  /// The anchor that the path ends in.
  public var anchor: Certificate? { certificates.last }

  /// Finds a path from the leaf to one of the anchors and checks it.
  ///
  /// - Parameters:
  ///   - intermediates: As received; their order does not matter and nothing in them is believed before it is checked.
  ///   - anchors: Certificates trusted by an operator. Their own signatures are not checked; their validity and rights
  ///     are.
  ///   - at: When every certificate of the path has to be valid.
  public static func verify(
    leaf: Certificate, intermediates: [Certificate], anchors: [Certificate], at: Instant
  ) throws(CertificationPathError) -> CertificationPath {
    guard intermediates.count <= maximumIntermediates else { throw .tooMuchWork }
    var search = PathSearch(intermediates: intermediates, anchors: anchors, at: at)
    if let path = search.run(from: leaf) { return CertificationPath(certificates: path) }
    throw search.failure
  }

  init(certificates: [Certificate]) { self.certificates = certificates }
}
