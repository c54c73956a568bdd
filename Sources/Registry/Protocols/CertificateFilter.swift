import WireFormats

/// Which certificates a list shows; all conditions that are set must hold.
public struct CertificateFilter: Hashable, Sendable {
  public var authority: AuthorityID?
  public var device: DeviceID?
  public var profile: ProfileName?
  public var status: CertificateRecord.Status?
  public var grant: GrantName?
  /// Expires at this moment or later.
  public var expiringFrom: Instant?
  /// Expires before this moment. With either bound the list is in the order of expiry, otherwise of issuance.
  public var expiringBefore: Instant?
  /// Of certificates. One that names few devices puts the list in the order of their serials.
  public var selection: Selection?

  public init(
    authority: AuthorityID? = nil, device: DeviceID? = nil, profile: ProfileName? = nil,
    status: CertificateRecord.Status? = nil, grant: GrantName? = nil, expiringFrom: Instant? = nil,
    expiringBefore: Instant? = nil, selection: Selection? = nil
  ) {
    self.authority = authority
    self.device = device
    self.profile = profile
    self.status = status
    self.grant = grant
    self.expiringFrom = expiringFrom
    self.expiringBefore = expiringBefore
    self.selection = selection
  }
}
