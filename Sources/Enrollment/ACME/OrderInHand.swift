import Credentials
import Issuance
import Registry
import WireFormats

/// An order with all that answering and completing it needs, read in one transaction.
struct OrderInHand: Sendable {
  var order: ACMEOrderRecord
  let authorizations: [ACMEAuthorizationRecord]
  /// Of an order that is `processing`: what its certificate renews and what its device is called.
  let footing: Result<Footing, Refusal>
  /// For each key that one of our TPMs stated it made, which.
  private let tpms: [[UInt8]: EnrolledTPM]

  struct Footing: Sendable {
    /// The account's own certificate that this order follows.
    var renewed: CertificateRecord?
    /// What a grant's device is called.
    var serial: String?
  }

  init(
    _ order: ACMEOrderRecord, of account: ACMEAccountRecord, at now: Instant, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws {
    self.order = order
    authorizations = try reader.acmeAuthorizations(ofOrder: order.id, in: organization)
    footing = try Self.footing(order, of: account, at: now, in: reader, organization)
    var tpms: [[UInt8]: EnrolledTPM] = [:]
    for statement in authorizations {
      guard let key = statement.attestedKeyHash else { continue }
      tpms[key] = try tpms[key] ?? EnrolledTPM.find(statement, in: reader, of: organization)
    }
    self.tpms = tpms
  }

  /// A right that is gone is the order's refusal; a store that cannot be read is not.
  private static func footing(
    _ order: ACMEOrderRecord, of account: ACMEAccountRecord, at now: Instant, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws -> Result<Footing, Refusal> {
    guard order.status == .processing, let binding = account.binding else { return .success(Footing()) }
    do {
      let serial = try BindingScope(binding, in: reader, of: organization).serial(for: order.identifiers)
      let renewed = try renewed(by: order, of: account, in: reader, organization)
      return .success(Footing(renewed: renewed, serial: serial))
    } catch let problem as ACMEProblem {
      return .failure(Refusal(.unauthenticated, problem.detail))
    }
  }

  /// The one that the order says it replaces, or the account's last for the same names.
  private static func renewed(
    by order: ACMEOrderRecord, of account: ACMEAccountRecord, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws -> CertificateRecord? {
    if let replaces = order.replaces, let record = try ACMEService.replaced(replaces, in: reader, organization) {
      return record.profile == order.profile ? record : nil
    }
    guard let last = try reader.lastACMEOrder(of: account.id, for: order.identifiers, in: organization),
      let outcome = last.outcome,
      let record = try reader.certificate(authority: outcome.authority, serial: outcome.serial, in: organization)
    else { return nil }
    return record.profile == order.profile && record.status == .good ? record : nil
  }

  /// The request that it was finalized with.
  var request: CertificationRequest? { order.request.flatMap { try? CertificationRequest(parsing: $0) } }

  /// A device's statement about just this key (draft-ietf-acme-device-attest-07 §5).
  func keyOrigin(of key: SubjectPublicKeyInfo) -> CertificateRecord.KeyOrigin {
    authorizations.contains { $0.attestedKeyHash == key.keyHash } ? .attested : .software
  }

  /// Where it lives, where a TPM that enrolled here said so.
  func residence(of key: SubjectPublicKeyInfo) -> KeyResidence? { tpms[key.keyHash]?.residence(of: key.keyHash) }

  /// The order as its owner sees it.
  func answer(_ request: ACMERequest) -> ACMEAnswer {
    .json(ACMEService.json(order, authorizations, request)).at(request.url(.order(order.id)))
  }
}
