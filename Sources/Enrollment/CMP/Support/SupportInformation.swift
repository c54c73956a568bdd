import Credentials
import Issuance
import Registry
import WireFormats

/// What general messages ask for beside the authorities' certificates (RFC 9483 §4.3). All of it is public.
public protocol SupportInformation: Sendable {
  /// Throws for a profile that is not there, or not offered over CMP.
  func checkOffered(_ label: ProfileName?) async throws(Refusal)
  /// The road from an old root to the one after it; nil where there is none.
  func rootUpdate(from old: [UInt8]) async throws(Refusal) -> RootCaKeyUpdate?
  /// What a request for the profile should say; nil for nothing.
  func template(label: ProfileName?) async throws(Refusal) -> RequestTemplate?
  /// The current list of the authority of this name (Name, DER); nil where it has none.
  func revocationList(issuer: [UInt8]) async throws(Refusal) -> RevocationListItem?
  /// The current list that lies at this address.
  func revocationList(address: String) async throws(Refusal) -> RevocationListItem?
}

/// A CRL and when it was made.
public struct RevocationListItem: Sendable {
  /// DER.
  public let encoded: [UInt8]
  public let thisUpdate: Instant

  public init(encoded: [UInt8], thisUpdate: Instant) { (self.encoded, self.thisUpdate) = (encoded, thisUpdate) }
}

/// RootCaKeyUpdateContent (RFC 9810 §5.3.19.15), DER each.
public struct RootCaKeyUpdate: Sendable {
  public let newWithNew: [UInt8]
  public let newWithOld: [UInt8]?
  public let oldWithNew: [UInt8]?

  public init(newWithNew: [UInt8], newWithOld: [UInt8]?, oldWithNew: [UInt8]?) {
    (self.newWithNew, self.newWithOld, self.oldWithNew) = (newWithNew, newWithOld, oldWithNew)
  }

  var encoded: [UInt8] {
    DERWriter.build(capacity: 2048) {
      $0.sequence {
        $0.raw(newWithNew)
        if let newWithOld { $0.constructed(DERTag.contextConstructed(0)) { $0.raw(newWithOld) } }
        if let oldWithNew { $0.constructed(DERTag.contextConstructed(1)) { $0.raw(oldWithNew) } }
      }
    }
  }
}
