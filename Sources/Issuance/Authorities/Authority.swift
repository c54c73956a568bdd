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
    case .root, .successor, .installation, .foreign: false
    }
  }
}

/// The authorities of one organization as they stood at one moment.
public struct AuthoritySet: Sendable {
  public let organization: OrganizationRecord
  public let addresses: Addresses
  /// Those whose keys this process holds: the active ones, and retired ones that still answer for what they issued.
  public let all: [Authority]
  /// Every authority of the organization, roots included, whoever has its key.
  public let records: [AuthorityRecord]
  /// What leads from one key or root to another.
  public let rollover: [RolloverCertificate]
  /// The last change of the store that is in it.
  let sequence: Int64

  public init(
    organization: OrganizationRecord, addresses: Addresses, all: [Authority], records: [AuthorityRecord] = [],
    rollover: [RolloverCertificate] = [], sequence: Int64 = 0
  ) {
    self.organization = organization
    self.addresses = addresses
    self.all = all
    self.records = records
    self.rollover = rollover
    self.sequence = sequence
  }

  /// The root that new trust is put in.
  public var root: AuthorityRecord? { records.first { $0.purpose == .root && $0.state == .active } }

  /// SHA-256 of its certificate, which new devices pin.
  public var rootFingerprint: [UInt8] { root.map { Fingerprint.of($0.certificate) } ?? [] }

  /// The one that issues under a name now.
  public func active(_ name: AuthorityName) -> Authority? {
    all.first { $0.record.name == name && $0.record.state == .active }
  }

  public func authority(_ id: AuthorityID) -> Authority? { all.first { $0.record.id == id } }
}
