/// The operation labels of RFC 9483 §6.1, by the last segment of an address.
public enum CMPOperation: String, Hashable, Sendable, CaseIterable {
  case initialization, certification, keyupdate, pkcs10, revocation
  case getcacerts, getrootupdate, getcertreqtemplate, getcrls
  case nested

  /// Whether a message of this kind may be sent there: the one that begins, or one that goes on with it.
  func takes(_ kind: PKIBody.Kind) -> Bool {
    switch kind {
    case .certConf, .pollReq, .error: true
    case .ir: self == .initialization
    case .cr: self == .certification
    case .kur: self == .keyupdate
    case .p10cr: self == .pkcs10
    case .rr: self == .revocation
    case .genm: [.getcacerts, .getrootupdate, .getcertreqtemplate, .getcrls].contains(self)
    case .nested: self == .nested
    default: false
    }
  }
}

/// Where a message was sent, and from where.
public struct CMPAddress: Sendable {
  /// A profile's name, from the path.
  public let label: String?
  public let operation: CMPOperation?
  public let client: String

  public init(label: String? = nil, operation: CMPOperation? = nil, client: String) {
    (self.label, self.operation, self.client) = (label, operation, client)
  }
}
