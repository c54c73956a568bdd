/// A device with its certificates and its history, oldest entry first.
public struct DeviceDetail: Codable, Hashable, Sendable {
  public var device: DeviceItem
  public var certificates: [CertificateItem]
  public var history: [AuditItem]

  public init(device: DeviceItem, certificates: [CertificateItem], history: [AuditItem]) {
    self.device = device
    self.certificates = certificates
    self.history = history
  }
}
