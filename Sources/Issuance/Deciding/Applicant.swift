import Credentials
import Registry
import WireFormats

/// Who asks, as the store knows them at this moment: what `Decision` reads and nothing more.
public struct Applicant: Sendable {
  /// The right under which a certificate is asked for.
  public enum Right: Sendable {
    case secret(EnrollmentSecretRecord)
    case grant(GrantRecord)
    /// A key that was registered for the device; the request's own signature proves it.
    case key(DeviceKeyRecord)
    /// One of our own certificates, by its record.
    case certificate(CertificateRecord)
    /// A certificate of a manufacturer that the operator trusts.
    case manufacturer(TrustAnchorRecord, serial: String)
    case administrator(Actor)
    /// Somebody who may ask for others, by its record, and the certificate that it renews, if it renews one.
    case registrationAuthority(AdministratorRecord, renewing: CertificateRecord?)
    /// Whoever controls the names, by an order's challenges.
    case challenge(order: String)
  }

  public let right: Right
  /// Nil when the right brings a device in that has no record yet.
  public let device: DeviceRecord?
  /// Current certificates of that device.
  public let certificates: [CertificateRecord]
  /// Whether that device has any certificate on record, also one that ended. Looked up where the right is for new
  /// devices alone.
  public let isCertified: Bool
  /// The station that carries the request; nil where the device asks itself.
  public let station: Actor?
  /// The serial that a station or an operator states beside the request.
  public let serial: String?

  public init(
    right: Right, device: DeviceRecord?, certificates: [CertificateRecord], isCertified: Bool = false,
    station: Actor? = nil, serial: String? = nil
  ) {
    self.right = right
    self.device = device
    self.certificates = certificates
    self.isCertified = isCertified
    self.station = station
    self.serial = serial
  }

  /// The principal's name in records and in the log.
  public var principal: String {
    if let station { return "\(station.role.rawValue):\(station.name)" }
    return switch right {
    case .secret(let secret): "device:\(secret.device.rawValue)"
    case .grant(let grant): "grant:\(grant.name.rawValue)"
    case .key(let key): "device:\(key.device.rawValue)"
    case .certificate(let certificate): "certificate:\(certificate.serial)"
    case .manufacturer(let anchor, let serial): "manufacturer:\(anchor.name)/\(serial)"
    case .administrator(let actor): "\(actor.role.rawValue):\(actor.name)"
    case .registrationAuthority(let record, _): record.principal
    case .challenge(let order): "acme:\(order)"
    }
  }

  /// The certificate from which the new one follows; nil where none is shown, or named, for it.
  var parent: CertificateRecord? {
    switch right {
    case .certificate(let record): record
    case .registrationAuthority(_, let parent): parent
    case .secret, .grant, .key, .manufacturer, .administrator, .challenge: nil
    }
  }

  /// Whether its word that a device holds a key counts (RFC 4211 §4, raVerified).
  var vouches: Bool {
    if case .registrationAuthority = right { return true }
    return false
  }
}
