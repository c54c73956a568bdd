import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// RFC 8894 §4.7: what a client will have to trust next, while it still trusts what it has.
@Suite struct SCEPNextAuthorityTests {
  /// As a client reads it: signed by the registration authority that it knows.
  private func next(_ scene: SCEPScene) async throws -> [Certificate] {
    let answer = try await scene.service.nextAuthorityCertificates(scene.profile)
    #expect(answer.status == 200 && answer.contentType == "application/x-x509-next-ca-cert")
    let signed = try SignedData(parsing: answer.body)
    let signer = try #require(signed.signers.first)
    #expect(signed.certificate(of: signer) == scene.authority.certificate)
    try signed.verify(signer, key: try #require(scene.authority.certificate.publicKey))
    return try CertificatesOnly.decode(try #require(signed.content)).map { try Certificate(parsing: $0) }
  }

  private func words(_ scene: SCEPScene) async throws -> [Substring] {
    String(decoding: try await scene.service.capabilities(scene.profile).body, as: UTF8.self).split(separator: "\n")
  }

  @Test func theRootThatWaitsAndTheRoadToIt() async throws {
    let scene = try await SCEPScene()
    #expect(try await words(scene).contains("GetNextCACert"))
    let root = try Certificate(parsing: try #require(scene.installation.authorities.root?.certificate))
    let found = try await next(scene)
    try #require(found.count == 2)
    let (waiting, road) = (found[0], found[1])
    #expect(waiting.isSelfIssued && waiting != root)
    #expect(waiting.isSigned(by: try #require(waiting.publicKey)))
    // A client takes it because the root that it holds says so, and not because it came along.
    #expect(road.publicKey == waiting.publicKey && road.issuer == root.subject)
    #expect(road.isSigned(by: try #require(root.publicKey)))

    // What was told ahead is what comes: the chain then ends in it, and the same key goes on answering.
    try await scene.installation.succeedRoot()
    let chain = try CertificatesOnly.decode(
      try await scene.service.authorityCertificates(scene.profile).body
    ).map { try Certificate(parsing: $0) }
    #expect(chain.first?.publicKey == scene.authority.certificate.publicKey)
    _ = try CertificationPath.verify(
      leaf: try #require(chain.first), intermediates: chain, anchors: [waiting], at: scene.installation.clock.now())
    let after = try await next(scene)
    #expect(after.first != waiting && after.count == 2)
  }

  /// An authority that goes on here from elsewhere may have no root that waits.
  @Test func whereNoneWaits() async throws {
    let scene = try await SCEPScene()
    let authority = scene.authority
    let service = SCEPService(
      enrolling: scene.installation.enrollment, authorities: { _ in authority }, nextAuthorities: { _ in [] },
      secrets: FixedSecrets(named: [:]),
      records: RegistrySCEPRecords(
        store: scene.installation.store, organization: scene.installation.organization,
        clock: scene.installation.clock.now), clock: scene.installation.clock.now)
    #expect(
      String(decoding: try await service.capabilities(scene.profile).body, as: UTF8.self)
        .contains("GetNextCACert") == false)
    let refusal = await #expect(throws: Refusal.self) { try await service.nextAuthorityCertificates(scene.profile) }
    #expect(refusal?.code == .notFound)
  }
}
