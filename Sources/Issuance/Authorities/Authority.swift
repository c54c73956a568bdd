import Credentials
import KeyCustody
import Registry
import WireFormats

/// An authority that can sign now: its record, its parsed certificate, its key's home and the chain above it.
public struct Authority: Sendable {
  public let record: AuthorityRecord
  public let certificate: Certificate
  public let signer: any Signer
  /// Its own certificate and those above it, DER, without the root.
  public let chain: [[UInt8]]
  /// The root's certificate, DER.
  public let root: [UInt8]

  public init(
    record: AuthorityRecord, certificate: Certificate, signer: any Signer, chain: [[UInt8]], root: [UInt8]
  ) {
    self.record = record
    self.certificate = certificate
    self.signer = signer
    self.chain = chain
    self.root = root
  }
}

extension AuthorityRecord.Purpose {
  /// Whether devices may be issued certificates under it, through any door.
  public var servesDevices: Bool {
    switch self {
    case .idevid, .operational, .lab: true
    case .root, .successor, .installation: false
    }
  }
}

/// The authorities of one organization whose keys this process holds.
public struct AuthoritySet: Sendable {
  public let organization: OrganizationRecord
  public let addresses: Addresses
  public let all: [Authority]

  public init(organization: OrganizationRecord, addresses: Addresses, all: [Authority]) {
    self.organization = organization
    self.addresses = addresses
    self.all = all
  }

  /// The active authority of a purpose.
  public func active(_ purpose: AuthorityRecord.Purpose) -> Authority? {
    all.first { $0.record.purpose == purpose && $0.record.state == .active }
  }

  public func authority(_ id: AuthorityID) -> Authority? { all.first { $0.record.id == id } }
}
