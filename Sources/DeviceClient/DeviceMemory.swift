import Credentials
import WireFormats

/// What a device keeps across a power cut: everything that its next start begins with.
public struct DeviceMemory: Sendable {
  /// A key with the certificate that was issued for it.
  public struct Identity: Sendable {
    public let key: any DeviceKey
    public let certificate: Certificate
    /// The authorities between the certificate and the root, nearest first, without the root: what a peer is shown.
    public let chain: [Certificate]

    public init(key: any DeviceKey, certificate: Certificate, chain: [Certificate] = []) {
      self.key = key
      self.certificate = certificate
      self.chain = chain
    }
  }

  /// What lets a device in that has no certificate yet: its own secret, or a grant's.
  public struct FirstSecret: Hashable, Sendable {
    /// The device's serial, or the grant's name.
    public let name: String
    public let secret: String

    public init(name: String, secret: String) {
      self.name = name
      self.secret = secret
    }
  }

  public let serial: String
  /// Roots that are trusted. The first was pinned at manufacture; others came with NewWithOld under one of these, or all
  /// of them with an approved trust bundle.
  public var roots: [Certificate]
  /// The number of the trust bundle that was taken last; 0 while there was none. Only a higher one is taken.
  public var bundle: Int64
  /// Gone once there is a certificate.
  public var secret: FirstSecret?
  /// Stays until its successor is stored.
  public var identity: Identity?
  /// The key of a request whose answer is not stored yet. It stays, so that asking again is the same request.
  public var pendingKey: (any DeviceKey)?
  /// The point of the renewal window that this device drew when it stored its certificate.
  public var renewAt: Instant?

  public init(
    serial: String, roots: [Certificate], bundle: Int64 = 0, secret: FirstSecret? = nil, identity: Identity? = nil,
    pendingKey: (any DeviceKey)? = nil, renewAt: Instant? = nil
  ) {
    self.serial = serial
    self.roots = roots
    self.bundle = bundle
    self.secret = secret
    self.identity = identity
    self.pendingKey = pendingKey
    self.renewAt = renewAt
  }

  /// Before this moment it cannot be: what the device holds was made later.
  var earliestPresent: Instant {
    let made = roots.map(\.notBefore) + [identity?.certificate.notBefore].compactMap { $0 }
    return made.max() ?? Instant(seconds: 0)
  }
}

extension DeviceMemory {
  /// Whether the clock is behind what the device holds, and so wrong for certain.
  public func isWithoutTime(at clock: Instant) -> Bool { DeviceTime(clock: clock, memory: self) == .unknown }
}
