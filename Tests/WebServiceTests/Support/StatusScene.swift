import Credentials
import Foundation
import KeyCustody
import Logging
import Registry
import Status
import Synchronization
import TestKit
import WebService
import WireFormats

/// One authority, one good certificate and one that was revoked, all in memory.
struct StatusScene: Sendable {
  let authority: SmallAuthority
  let good: Certificate
  let revoked: Certificate
  let directory: String
  let routes: StatusRoutes

  init() async throws {
    authority = try SmallAuthority()
    good = try authority.issue("good")
    revoked = try authority.issue("revoked")
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("status-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    guard let id = AuthorityID(rawValue: "operational-1"),
      let known = StatusAuthority(id: id, certificate: authority.certificate)
    else { throw StoreError.missing("authority") }
    let now = Instant.present
    let source = OneAuthority(authority: known, good: good.serial, revoked: revoked.serial, at: now - .hours(1))
    let key = try SoftwareKey.generate(.p256)
    let credential = try ResponderCredential(
      signer: key, certificate: authority.responderCertificate(for: key.publicKey))
    let responder = OCSPResponder(source: source, credentials: OneCredential(credential: credential), clock: { now })
    responder.serve([known])
    let publisher = CRLPublisher(
      authorities: [CRLAuthority(id: id, certificate: authority.certificate, signer: authority.key)],
      lists: OneList(revoked: revoked.serial, at: now - .hours(1)), clock: { now })
    _ = try await publisher.publish(id)
    let service = StatusService(
      source: source, responder: responder, publisher: publisher, renewals: nil, clock: { now })
    routes = StatusRoutes(service: service, bound: WebServerConfiguration.Bounds().ocsp, logger: Logger(label: "test"))
    for (name, certificate) in [("ca", authority.certificate), ("good", good), ("revoked", revoked)] {
      try PEM(label: "CERTIFICATE", bytes: certificate.encoded).text
        .write(toFile: path("\(name).pem"), atomically: true, encoding: .utf8)
    }
  }

  func path(_ name: String) -> String { directory + "/" + name }
}

private struct OneAuthority: StandingSource {
  let authority: StatusAuthority
  let good: SerialNumber
  let revoked: SerialNumber
  let at: Instant

  func authorities() async throws -> [StatusAuthority] { [authority] }

  func standings(
    of serials: [SerialNumber], under authority: AuthorityID
  ) async throws -> [SerialNumber: CertificateStanding] {
    [
      good: CertificateStanding(state: .good),
      revoked: CertificateStanding(state: .revoked(at: at, reason: .superseded)),
    ].filter { serials.contains($0.key) }
  }

  func changes(after sequence: Int64, limit: Int) async throws -> [StandingChange] { [] }
  func latestChange() async throws -> Int64 { 0 }
}

private struct OneCredential: ResponderCredentialSource {
  let credential: ResponderCredential
  func credential(for authority: AuthorityID) async throws -> ResponderCredential { credential }
  func withdraw(_ serial: SerialNumber, under authority: AuthorityID) async -> Bool { false }
}

private final class OneList: RevocationListStore {
  private let revoked: RevokedCertificate
  private let list = Mutex<RevocationList?>(nil)

  init(revoked: SerialNumber, at: Instant) {
    self.revoked = RevokedCertificate(serial: revoked, revokedAt: at.wholeSecond, reason: .superseded)
  }

  func takeNumber(of authority: AuthorityID) async throws -> Int64 { 1 }
  func revoked(by authority: AuthorityID, notExpiredAt instant: Instant) async throws -> [RevokedCertificate] {
    [revoked]
  }
  func store(_ list: RevocationList) async throws { self.list.withLock { $0 = list } }
  func latest(of authority: AuthorityID) async throws -> RevocationList? {
    list.withLock { $0?.authority == authority ? $0 : nil }
  }
}
