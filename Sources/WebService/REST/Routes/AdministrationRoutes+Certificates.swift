import AdministrationAPI
import Credentials
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  var certificateRoutes: [APIRoute] {
    [listCertificates, signCertificate, importCertificates, showCertificate, revokeCertificate]
  }

  private static let authority = QueryParameter(
    name: "authority", kind: .text, description: "Whose serial number it is; needed when two authorities gave it.")

  private var listCertificates: APIRoute {
    APIRoute(
      method: .get, path: "/certificates", operation: "listCertificates",
      summary: "Certificates, in the order of issuance, or of expiry when that is asked.", tag: "certificates",
      access: .readers,
      query: QueryParameter.paging + [
        QueryParameter(name: "expiring_within", kind: .span, description: "Expires within this time from now."),
        QueryParameter(name: "device", kind: .text, description: "A device's serial."), .manufacturer,
        QueryParameter(name: "status", kind: .choice(CertificateStatusText.all), description: "How it stands."),
        QueryParameter(name: "profile", kind: .text, description: "Profile."), .selection(of: .certificates),
      ],
      success: .page(of: "Certificate"),
      handler: .read { context in
        let query = context.call.query
        let now = services.administration.now()
        return try .json(
          try await services.read { reader, organization in
            guard let filter = try Self.filter(query, at: now, reader, organization) else {
              return ItemPage<CertificateItem>(items: [])
            }
            let page = try reader.certificates(
              matching: filter, after: query.cursor, limit: query.limit, in: organization)
            let items = try page.items.map { try CertificateItem($0, of: reader, in: organization, at: now) }
            return ItemPage(items: items, next: page.next?.rawValue)
          })
      })
  }

  /// Nil when nothing can match.
  private static func filter(
    _ query: APIQuery, at now: Instant, _ reader: any StoreReader, _ organization: OrganizationID
  ) throws -> CertificateFilter? {
    var filter = CertificateFilter()
    filter.selection = try query["where"].map { try Self.selection($0, of: .certificates, at: now) }
    if let name = query["profile"] {
      guard let profile = ProfileName(rawValue: name) else { return nil }
      filter.profile = profile
    }
    if let serial = query["device"] {
      filter.device = try DeviceReference(serial: serial, manufacturer: query["manufacturer"])
        .find(in: organization, of: reader).id
    }
    switch query["status"] {
    case "good": (filter.status, filter.expiringFrom) = (.good, now)
    case "expired": (filter.status, filter.expiringBefore) = (.good, now)
    case "held": filter.status = .held
    case "revoked": filter.status = .revoked
    default: break
    }
    if let span = query.span("expiring_within") {
      guard query["status"] != "expired" else { return nil }
      (filter.expiringFrom, filter.expiringBefore) = (now, now + span)
    }
    return filter
  }

  private var signCertificate: APIRoute {
    APIRoute(
      method: .post, path: "/certificates", operation: "signCertificate",
      summary: "Issues a certificate for a request that the administrator answers for.", tag: "certificates",
      access: .enrollers, body: .json("SigningRequest", required: true),
      success: .json("IssuedCertificate", status: 201),
      handler: .effect(act: nil) { context in
        let asked: SigningRequest = try context.call.decoded()
        let profile = asked.profile.map { ProfileName(rawValue: $0) }
        if let profile, profile == nil { throw Refusal(.notFound, "no profile has this name") }
        let request = EnrollmentRequest(
          request: try Self.request(asked.csr), credential: try Self.credential(of: asked, context.actor), door: .rest,
          label: profile ?? nil, isRenewal: false, serial: asked.serial, address: context.call.address)
        do {
          return try .json(IssuedCertificate(try await services.enrolling.enroll(request)), status: 201)
        } catch let error as Refusal {
          guard let grant = asked.grant else { throw error }
          throw wrongSecret(error, grant, context.call)
        }
      })
  }

  /// Under a grant, or on the word of whoever asks.
  private static func credential(
    of asked: SigningRequest, _ actor: Actor
  ) throws(ProblemDetails) -> Credential {
    switch (asked.grant, asked.secret) {
    case (nil, nil): return .administrator(actor)
    case (let grant?, let secret?): return .station(actor, grant: grant, secret: Array(secret.utf8))
    default: throw .badRequest("grant and secret come together")
    }
  }

  private var showCertificate: APIRoute {
    APIRoute(
      method: .get, path: "/certificates/{serial_number}", operation: "showCertificate", summary: "A certificate.",
      tag: "certificates", access: .readers, query: [Self.authority], success: .json("Certificate"),
      handler: .read { context in
        let now = services.administration.now()
        let (serial, authority) = try Self.certificate(context.call)
        return try .json(
          try await services.read { reader, organization in
            let found = try reader.certificates(serial: serial, in: organization)
            guard let record = found.first(where: { authority == nil || $0.authority == authority }) else {
              throw Refusal(.notFound, "no certificate has this serial number")
            }
            return try CertificateItem(record, of: reader, in: organization, at: now)
          })
      })
  }

  private var revokeCertificate: APIRoute {
    APIRoute(
      method: .post, path: "/certificates/{serial_number}/revoke", operation: "revokeCertificate",
      summary: "Revokes a certificate for good.", tag: "certificates", access: .operators, query: [Self.authority],
      body: .json("Revocation", required: true), success: .json("Certificate"),
      handler: .effect(act: "certificate.revoke") { context in
        let asked: Revocation = try context.call.decoded()
        guard let reason = RevocationReason(name: asked.reason) else {
          throw Refusal(.badRequest, "this reason is not known")
        }
        let (serial, authority) = try Self.certificate(context.call)
        let record = try await services.certificates.revoke(
          serial: serial, authority: authority, reason: reason, by: context.actor)
        let remaining = try await services.certificates.remaining(beside: record)
        let now = services.administration.now()
        return try .json(
          try await services.read { reader, organization in
            var item = try CertificateItem(record, of: reader, in: organization, at: now)
            item.remaining = remaining.map { RemainingCertificate($0.record, enrolls: $0.enrolls, at: now) }
            return item
          })
      })
  }

  /// What cannot be a serial number or an authority finds nothing, like one that does not exist.
  private static func certificate(_ call: APICall) throws(Refusal) -> (SerialNumber, AuthorityID?) {
    guard let serial = SerialNumber(hex: call.segment("serial_number")) else {
      throw Refusal(.notFound, "no certificate has this serial number")
    }
    guard let name = call.query["authority"] else { return (serial, nil) }
    guard let authority = AuthorityID(rawValue: name) else { throw Refusal(.notFound, "no authority has this name") }
    return (serial, authority)
  }

  /// PKCS #10 from PEM; the older label of some tools is taken too.
  static func request(_ text: String) throws(Refusal) -> CertificationRequest {
    guard let block = PEM.parse(text)?.first,
      block.label == "CERTIFICATE REQUEST" || block.label == "NEW CERTIFICATE REQUEST"
    else { throw Refusal(.badRequest, "the csr is not a certification request in PEM") }
    do {
      return try CertificationRequest(parsing: block.bytes)
    } catch {
      // No profile allows a weak or unknown key: trying one shows that as the rule.
      let rule: String? = if case .publicKey = error { "key-algorithm" } else { nil }
      throw Refusal(.badRequest, "the certification request cannot be read: \(error)", rule: rule)
    }
  }
}
