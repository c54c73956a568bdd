import Credentials
import Registry
import WireFormats

/// Who asks, as the store knows them at this moment: what `Decision` reads and nothing more.
public struct Applicant: Sendable {
  /// The right under which a certificate is asked for.
  public enum Right: Sendable {
    case secret(EnrollmentSecretRecord)
    case grant(GrantRecord)
    /// One of our own certificates, by its record.
    case certificate(CertificateRecord)
    /// A certificate of a manufacturer that the operator trusts.
    case manufacturer(TrustAnchorRecord, serial: String)
    case administrator(Actor)
  }

  public let right: Right
  /// Nil when the right brings a device in that has no record yet.
  public let device: DeviceRecord?
  /// Current certificates of that device.
  public let certificates: [CertificateRecord]

  public init(right: Right, device: DeviceRecord?, certificates: [CertificateRecord]) {
    self.right = right
    self.device = device
    self.certificates = certificates
  }

  /// The principal's name in records and in the log.
  public var principal: String {
    switch right {
    case .secret(let secret): "device:\(secret.device.rawValue)"
    case .grant(let grant): "grant:\(grant.name.rawValue)"
    case .certificate(let certificate): "certificate:\(certificate.serial)"
    case .manufacturer(let anchor, let serial): "manufacturer:\(anchor.name)/\(serial)"
    case .administrator(let actor): "\(actor.role.rawValue):\(actor.name)"
    }
  }
}
