import Credentials
import WireFormats

/// Reads what ACME keeps between messages.
public protocol ACMEReading {
  func acmeAccount(_ id: ACMEObjectID, in organization: OrganizationID) throws -> ACMEAccountRecord?
  /// By its key's thumbprint, whatever its status.
  func acmeAccount(
    thumbprint: [UInt8], profile: ProfileName, in organization: OrganizationID
  ) throws -> ACMEAccountRecord?
  func acmeOrder(_ id: ACMEObjectID, in organization: OrganizationID) throws -> ACMEOrderRecord?
  /// An account's, oldest first, from after `cursor` on; at most `limit`.
  func acmeOrders(
    of account: ACMEObjectID, after cursor: ACMEObjectID?, limit: Int, in organization: OrganizationID
  ) throws -> [ACMEOrderRecord]
  /// The youngest valid one of the account with just these identifiers.
  func lastACMEOrder(
    of account: ACMEObjectID, for identifiers: [ACMEIdentifier], in organization: OrganizationID
  ) throws -> ACMEOrderRecord?
  /// The one that brought this certificate.
  func acmeOrder(
    certificate serial: SerialNumber, authority: AuthorityID, in organization: OrganizationID
  ) throws -> ACMEOrderRecord?
  /// One that is not invalid and replaces this certificate, as RFC 9773 §4.1 names it.
  func acmeOrder(replacing certificate: String, in organization: OrganizationID) throws -> ACMEOrderRecord?
  func acmeAuthorization(_ id: ACMEObjectID, in organization: OrganizationID) throws -> ACMEAuthorizationRecord?
  /// In the order of their identifiers.
  func acmeAuthorizations(
    ofOrder order: ACMEObjectID, in organization: OrganizationID
  ) throws -> [ACMEAuthorizationRecord]
  /// Those due by `instant`, by turns of their accounts: the longest due of each first.
  func acmeValidations(
    dueBy instant: Instant, limit: Int, in organization: OrganizationID
  ) throws -> [ACMEValidationRecord]
  func countACMEValidations(in organization: OrganizationID) throws -> Int
  func countACMEValidations(of account: ACMEObjectID, in organization: OrganizationID) throws -> Int
  /// The key that nonces are made with, as custody sealed it.
  func sealedACMENonceKey(in organization: OrganizationID) throws -> [UInt8]?
}

/// Writes what ACME keeps between messages.
public protocol ACMEWriting {
  /// Throws `StoreError.duplicate` when another account of the profile has the key.
  func insert(_ account: ACMEAccountRecord, in organization: OrganizationID) throws
  /// All but identity, profile and time. Throws `StoreError.missing`, and `StoreError.duplicate` as `insert` does.
  func update(_ account: ACMEAccountRecord, in organization: OrganizationID) throws
  /// Throws `StoreError.duplicate` when it replaces what another one replaces already.
  func insert(_ order: ACMEOrderRecord, in organization: OrganizationID) throws
  /// Status, problem, request, outcome and expiry. Throws `StoreError.missing`.
  func update(_ order: ACMEOrderRecord, in organization: OrganizationID) throws
  func insert(_ authorization: ACMEAuthorizationRecord, in organization: OrganizationID) throws
  /// All that changes. Throws `StoreError.missing`.
  func update(_ authorization: ACMEAuthorizationRecord, in organization: OrganizationID) throws
  /// Or puts it off, when it is there.
  func put(_ validation: ACMEValidationRecord, in organization: OrganizationID) throws
  func removeACMEValidation(of authorization: ACMEObjectID, in organization: OrganizationID) throws
  /// Throws `StoreError.duplicate` when it was used.
  func useACMENonce(_ nonce: [UInt8], in organization: OrganizationID) throws
  /// Keeps the first that is given.
  func insertSealedACMENonceKey(_ sealed: [UInt8], in organization: OrganizationID) throws
  /// Deletes orders, with their authorizations and validations, that expired before `instant`, and nonces that sort
  /// before `nonce`; returns how many rows.
  @discardableResult
  func sweepACME(expiredBefore instant: Instant, noncesBefore nonce: [UInt8], in organization: OrganizationID) throws
    -> Int
}
