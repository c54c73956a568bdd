import Credentials
import KeyCustody
import Registry
import WireFormats

/// Authorities under somebody else's root: a PKCS#10 request goes out, a certificate comes back.
extension RootRequestService {
  /// A new authority.
  public func askForeign(
    _ terms: AuthorityTerms, by actor: Actor, through door: Door
  ) async throws(Refusal) -> AuthorityRequestRecord {
    let id = try Self.freshID(terms.name)
    return try await asking(about: id, by: actor, through: door) { view in
      try terms.validate()
      guard terms.lifetime == nil else {
        throw Refusal(.badRequest, "how long it lasts is said by whoever issues the certificate")
      }
      let subject = terms.subject(of: view.organization.name)
      try view.checkFree(terms.name, subject: subject, at: administration.now())
      let key = try await made(id, terms.algorithm, in: terms.token.map { .token($0) } ?? .usual)
      return try await record(
        id, terms.name, terms.purpose, request: try await Self.request(subject, key.signer), actor)
    }
  }

  /// A new key for one, under its old name.
  public func renewForeign(
    _ id: AuthorityID, onto token: String? = nil, by actor: Actor, through door: Door
  ) async throws(Refusal) -> AuthorityRequestRecord {
    try await asking(about: id, by: actor, through: door) { view in
      let old = try view.active(id)
      guard view.hangsOnForeign(old) else {
        throw Refusal(
          .conflict, "\(id) hangs on this organization's root", hint: "touchmark authority renew \(old.name)")
      }
      let certificate = try Certificate(parsing: old.certificate)
      guard let algorithm = certificate.publicKey?.algorithm else {
        throw Refusal(.unavailable, "the key of \(id) is of a kind that cannot be made here")
      }
      let fresh = try Self.freshID(old.name)
      let key = try await made(fresh, algorithm, in: token.map { .token($0) } ?? .beside(old.keyName))
      let request = try await Self.request(certificate.subject, key.signer)
      return try await record(fresh, old.name, old.purpose, replaces: old.id, request: request, actor)
    }
  }

  private func record(
    _ id: AuthorityID, _ name: AuthorityName, _ purpose: AuthorityRecord.Purpose, replaces: AuthorityID? = nil,
    request: [UInt8], _ actor: Actor
  ) async throws -> AuthorityRequestRecord {
    AuthorityRequestRecord(
      id: id, organization: organization, name: name, purpose: purpose, replaces: replaces, request: request,
      createdAt: administration.now().wholeSecond, createdBy: actor.name)
  }

  /// It asks for what it shall be (RFC 5280 §4.2.1.9, §4.2.1.3).
  private static func request(_ subject: DistinguishedName, _ signer: any Signer) async throws -> [UInt8] {
    let information = CertificationRequest.toBeSigned(
      subject: subject, publicKey: signer.publicKey,
      extensions: [.basicConstraints(isAuthority: true, pathLength: 0), .keyUsage([.keyCertSign, .cRLSign])])
    do throws(SigningError) {
      return CertificationRequest.assemble(
        information, algorithm: signer.algorithm, signature: try await signer.sign(information))
    } catch {
      throw Refusal.signing(error)
    }
  }

  private func asking(
    about id: AuthorityID, by actor: Actor, through door: Door,
    _ prepare: (RolloverView) async throws -> AuthorityRequestRecord
  ) async throws(Refusal) -> AuthorityRequestRecord {
    let record: AuthorityRequestRecord
    do { record = try await prepare(try await view()) } catch {
      let refusal = Refusal.from(error)
      await administration.recordRefusal(refusal, of: "authority.ask", on: "authority:\(id)", by: actor, through: door)
      throw refusal
    }
    let act = AdministrativeAct<AuthorityRequestRecord>("authority.ask", on: "authority:\(record.id)") { context in
      try context.writer.insert(record)
      var details = ["name": record.name.rawValue, "purpose": record.purpose.rawValue]
      details["replaces"] = record.replaces?.rawValue
      try context.record("authority.ask", subject: "authority:\(record.id)", details: details)
      return record
    }
    return try await administration.perform(act, by: actor, through: door)
  }
}
