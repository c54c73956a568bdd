import Credentials
import Issuance
import NIOHTTP1
import Registry
import TestKit
import Testing
import WebService
import WireFormats

/// TRUST.md, Subjects and records: another organization's object answers as if it did not exist.
@Suite struct RESTOrganizationTests {
  /// Identifiers that exist, in another organization of the same store.
  struct Other {
    let device = "OTHER-1"
    let profile = "other-profile"
    let anchor = "other-maker"
    let administrator = "other-administrator"
    let grant: String
    let certificate: SerialNumber
    let authority: String
    let subject: String
  }

  @Test func theWholeInterfaceKnowsNothingOfAnother() async throws {
    try await RESTScene.with { scene in
      let other = try await Self.found(in: scene.installation)
      let csr = try await RESTScene.csr("OTHER-1")
      let bodies = [
        "/devices/{serial}/replace": #"{"serial":"MINE-1"}"#,
        "/devices/{serial}/readmit": #"{"for":"48h"}"#,
        "/devices/{serial}/labels": #"{"labels":{"site":"Graz"}}"#,
        "/devices/{serial}/move": #"{"profile":"operational"}"#,
        "/certificates/{serial_number}/revoke": #"{"reason":"superseded"}"#,
        "/authorities/{id}/earlier-crl": #"{"crl":"\#(Self.list)"}"#,
        "/authorities/{id}/revoke": #"{"reason":"superseded"}"#,
        "/root-requests/{id}/answer": #"{"answer":"touchmark/root-answer/v1"}"#,
        "/authority-requests/{id}/certificate": #"{"certificate":"\#(Self.pem)","chain":"\#(Self.pem)"}"#,
        "/profiles/{name}/try": #"{"csr":"\#(csr)"}"#, "/acts/{id}/invitations": #"{"after":0}"#,
      ]
      var walked = 0
      for operation in try await RESTDocumentTests.operations(scene) where operation.contains("{") {
        let parts = operation.split(separator: " ").map(String.init)
        guard parts[0] != "PUT" else { continue }  // makes a profile of one's own under any name
        let path = parts[1].replacing("{serial}", with: other.device)
          .replacing("{serial_number}", with: "\(other.certificate)").replacing("{id}", with: other.authority)
          .replacing("{name}", with: Self.name(parts[1], other))
        let method = HTTPMethod(rawValue: parts[0])
        try await scene.refuses(404, "not_found", method, path, method == .POST ? bodies[parts[1]] : nil)
        walked += 1
      }
      #expect(walked == 40)
      try await theRestKnowsNothing(scene, other, csr)
    }
  }

  /// Whose content nobody reads, since its authority is another's.
  private static let list = PEM(label: "X509 CRL", bytes: [0x30, 0]).text.replacing("\n", with: "\\n")

  /// The same of a certificate.
  private static let pem = PEM(label: "CERTIFICATE", bytes: [0x30, 0]).text.replacing("\n", with: "\\n")

  private static func name(_ path: String, _ other: Other) -> String {
    if path.hasPrefix("/grants") { return other.grant }
    if path.hasPrefix("/administrators") { return other.administrator }
    return path.hasPrefix("/trust") ? other.anchor : other.profile
  }

  private func theRestKnowsNothing(_ scene: RESTScene, _ other: Other, _ csr: String) async throws {
    for path in [
      "/devices", "/grants", "/certificates", "/profiles", "/authorities", "/authority-requests", "/trust", "/audit",
      "/administrators",
    ] {
      let text = try await scene.call(.GET, path + "?limit=1000").text
      for identifier in [
        other.device, other.profile, other.anchor, other.grant, "\(other.certificate)", other.authority, other.subject,
        other.administrator,
      ] where path != "/audit" {
        #expect(!text.contains(identifier), "\(path) shows \(identifier)")
      }
      #expect(!text.contains("another organization's act"), "\(path)")
    }
    let empty = try await scene.call(.GET, "/audit?subject=\(other.subject)")
    #expect(try empty.json()["items"] == [])
    for field in ["subject%3D\(other.subject)", "device%3D\(other.device)"] {
      #expect(try await scene.call(.GET, "/audit?where=\(field)").json()["items"] == [])
    }
    try await scene.refuses(404, "not_found", .GET, "/certificates?device=\(other.device)")
    try await scene.refuses(
      404, "not_found", .POST, "/devices", #"{"serial":"MINE-2","profile":"\#(other.profile)"}"#)
    try await scene.refuses(
      404, "not_found", .POST, "/grants", #"{"profile":"\#(other.profile)","uses":1,"expires_in":"1h"}"#)
    try await scene.refuses(
      404, "not_found", .POST, "/certificates", #"{"profile":"\#(other.profile)","csr":"\#(csr)"}"#)
    try await scene.refuses(
      404, "not_found", .POST, "/certificates/import?authority=\(other.authority)", "{}",
      headers: [("Content-Type", "application/jsonl")])
    // The same serial is free here.
    try await scene.expect("Invitation", .POST, "/devices", #"{"serial":"OTHER-1","profile":"operational"}"#)
  }

  private static func found(in installation: TestInstallation) async throws -> Other {
    var random = SystemRandomNumberGenerator()
    let id = OrganizationID(random: &random)
    let now = installation.clock.now()
    let authority = try #require(AuthorityID(purpose: "operational", random: &random))
    let serial = SerialNumber(at: now, random: &random)
    let profile = try #require(ProfileName(rawValue: "other-profile"))
    let certificate = try SmallAuthority(name: "Other Root", at: now).certificate
    try await installation.store.write { writer in
      try writer.insert(OrganizationRecord(id: id, name: "Other Works", createdAt: now))
      try writer.insert(
        AuthorityRecord(
          id: authority, organization: id, purpose: .operational, parent: nil, subject: certificate.subject.encoded,
          certificate: certificate.encoded, keyName: "none", notAfter: certificate.notAfter, createdAt: now))
      try writer.insert(
        ProfileRecord(
          name: profile, version: 1, document: "none", digest: [UInt8](repeating: 1, count: 32), appliedAt: now,
          appliedBy: "other"),
        in: id)
      try writer.insert(
        TrustAnchorRecord(
          name: "other-maker", certificate: certificate.encoded, profiles: [profile], manufacturer: "other",
          addedAt: now, addedBy: "other"),
        in: id)
      try writer.insert(
        AdministratorRecord(
          fingerprint: [UInt8](repeating: 9, count: 32), organization: id, name: "other-administrator",
          role: .administrator, certificate: serial, addedAt: now, addedBy: "other"))
    }
    let administration = Administration(store: installation.store, organization: id, clock: installation.clock.now)
    let actor = Actor(name: "another organization's act", role: .administrator, fingerprint: [])
    let invited = try await administration.perform(
      DeviceService().add(DeviceRegistration(serial: "OTHER-1", profile: "other-profile")), by: actor, through: .rest)
    let given = try await administration.perform(
      GrantService().add(GrantTerms(profile: "other-profile", uses: 3, lifetime: .hours(1))), by: actor, through: .rest)
    let record = CertificateRecord(
      organization: id, authority: authority, serial: serial, device: invited.device.id, name: "CN=OTHER-1",
      profile: profile, profileVersion: 1, fingerprint: certificate.fingerprint,
      keyHash: [UInt8](repeating: 2, count: 32), encoded: certificate.encoded, notBefore: now, notAfter: now + .days(1),
      issuedAt: now, door: "est", principal: "other", purpose: "operational")
    try await installation.store.write { try $0.insert(record) }
    return Other(
      grant: given.grant.name.rawValue, certificate: serial, authority: authority.rawValue,
      subject: invited.device.auditSubject)
  }

  @Test func anotherOrganizationsAdministratorIsNobodyHere() async throws {
    try await RESTScene.with { scene in
      var random = SystemRandomNumberGenerator()
      let id = OrganizationID(random: &random)
      let organization = scene.installation.organization
      let now = scene.installation.clock.now()
      try await scene.installation.store.write { writer in
        try writer.insert(OrganizationRecord(id: id, name: "Other Works", createdAt: now))
        guard let own = try writer.administrators(in: organization).first(where: { $0.role == .operator }) else {
          return
        }
        var moved = own
        moved.organization = id
        try writer.removeAdministrator(fingerprint: own.fingerprint, at: now, in: organization)
        try writer.insert(moved)
      }
      try await scene.refuses(403, "forbidden", .GET, "/devices", as: "operator")
    }
  }
}
