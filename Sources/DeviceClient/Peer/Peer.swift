import Credentials
import WireFormats

/// Who is at the other end of a connection: what is left to say once a peer's certificate was found good.
public struct Peer: Hashable, Sendable {
  public let certificate: Certificate
  /// From the peer to the root that is held.
  public let path: CertificationPath
  /// What is known of its standing, and how old that is; nil when nothing is, and nothing was demanded.
  public let standing: Standing?

  /// A piece of revocation evidence that says the certificate was good.
  public struct Standing: Hashable, Sendable {
    public enum Source: String, Hashable, Sendable {
      case revocationList = "crl"
      case ocsp
    }

    public let source: Source
    /// When that was known to be so.
    public let asOf: Instant
    /// Nil without a clock that can be right.
    public let age: Span?
  }

  /// IEEE 802.1AR §8.6: the subject's serialNumber, else the common name.
  public var name: String? { Self.name(in: certificate) }

  static func name(in certificate: Certificate) -> String? {
    certificate.subject.values(of: AttributeType.serialNumber).first
      ?? certificate.subject.values(of: AttributeType.commonName).first
  }
}

/// What a device asks of whoever it speaks to.
public struct PeerRequirements: Sendable {
  /// What the peer's certificate has to be for (RFC 5280 §4.2.1.12); nil for any purpose.
  public var purpose: ObjectIdentifier?
  /// Policies (RFC 5280 §4.2.1.4) of which the certificate has to name one: a profile's, where it has one. Empty for any.
  public var policies: Set<ObjectIdentifier>
  /// The oldest evidence of its standing that counts; nil takes any age, and none.
  public var oldestEvidence: Span?
  /// Names of which the peer has to bear one, as `Peer.name` or as an alternative name. Empty for any.
  public var names: Set<String>

  public init(
    purpose: ObjectIdentifier? = nil, policies: Set<ObjectIdentifier> = [], oldestEvidence: Span? = nil,
    names: Set<String> = []
  ) {
    (self.purpose, self.policies, self.oldestEvidence, self.names) = (purpose, policies, oldestEvidence, names)
  }
}

/// Why a peer is not to be spoken to.
public enum PeerRefusal: Error, Hashable, Sendable {
  /// It showed no certificate, or one that is an authority's.
  case noCertificate
  case path(CertificationPathError)
  /// Its certificate is for another purpose, or may not sign.
  case purpose
  /// It names none of the policies that are asked for.
  case policy
  /// It is somebody else.
  case name(String?)
  case revoked(at: Instant, RevocationReason?)
  /// An authority on its path was revoked.
  case authorityRevoked(at: Instant)
  /// Nothing says how it stands.
  case noEvidence
  /// What says how it stands is older than is taken, or its age cannot be told without a clock.
  case evidenceTooOld(asOf: Instant)
}

extension PeerRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noCertificate: "it showed no certificate of a device"
    case .path(let error): "its certificate does not lead to a root that is held: \(error)"
    case .purpose: "its certificate is not for this purpose"
    case .policy: "its certificate names none of the policies that are asked for"
    case .name(let name): "it is \(name ?? "somebody without a name"), and not who was meant"
    case .revoked(let at, .certificateHold): "it is suspended since \(at)"
    case .revoked(let at, let reason): "its certificate was revoked at \(at)\(reason.map { " (\($0))" } ?? "")"
    case .authorityRevoked(let at): "the authority that issued its certificate was revoked at \(at)"
    case .noEvidence: "nothing that is stored here says how its certificate stands"
    case .evidenceTooOld(let asOf): "what is stored about it is of \(asOf), which is too old"
    }
  }
}
