import Credentials
import Enrollment
import Issuance
import Registry
import Testing
import WireFormats

@Suite struct ESTRequestTests {
  // RFC 8951 §3.1
  @Test func readsBase64AsClientsSendIt() async throws {
    let der = try SampleRequest.make()
    for body in bodies(der) {
      let (_, asked) = try await enroll(request(.simpleenroll, basic: "SN-1:secret"), body: body)
      #expect(asked?.request.encoded == der)
      #expect(asked?.door == .est)
      #expect(asked?.isRenewal == false)
      #expect(asked?.address == "192.0.2.1")
    }
  }

  @Test func answersCertsOnlyInOneLineWithANewline() async throws {
    let (answer, _) = try await enroll(request(.simpleenroll, basic: "SN-1:secret"), body: try sampleBody())
    #expect(answer.status == 200)
    #expect(answer.contentType == "application/pkcs7-mime; smime-type=certs-only")
    #expect(answer.isBase64)
    #expect(answer.body.last == 0x0A)
    #expect(answer.body.count { $0 == 0x0A || $0 == 0x0D } == 1)
    let message = try #require(Base64.decode(answer.body))
    #expect(try CertificatesOnly.decode(message) == [[0x30, 0]])
  }

  @Test(
    arguments: [
      nil, "application/pkcs10", "application/pkcs10; charset=utf-8", "Application/PKCS10", "application/octet-stream",
    ])
  func takesContentType(_ type: String?) async throws {
    let asking = request(.simpleenroll, contentType: type, basic: "SN-1:secret")
    #expect(try await enroll(asking, body: try sampleBody()).answer.status == 200)
  }

  @Test(
    arguments: [
      "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "",
    ])
  func refusesContentType(_ type: String) async throws {
    let asking = request(.simpleenroll, contentType: type, basic: "SN-1:secret")
    await expect(.badRequest) { _ = try await enroll(asking, body: try sampleBody()) }
  }

  @Test(
    arguments: [
      [], Array("   ".utf8), Array("!!!!".utf8), [0x30, 0x82, 0x01, 0x00], Array("MIIB".utf8),
      Array("-----BEGIN CERTIFICATE REQUEST-----".utf8), Array("-----BEGIN X-----\nAAAA".utf8), Array("-".utf8),
    ])
  func refusesBody(_ body: [UInt8]) async {
    await expect(.badRequest) { _ = try await enroll(request(.simpleenroll, basic: "a:b"), body: body) }
  }

  // RFC 7030 §3.2.2
  @Test func handsTheLabelOn() async throws {
    let asking = request(.simpleenroll, label: "operational", basic: "SN-1:secret")
    let label = try await enroll(asking, body: try sampleBody()).asked?.label
    #expect(label == ProfileName(rawValue: "operational"))
  }

  @Test(arguments: ["../x", "a b", "%00", String(repeating: "a", count: 65), "unknown"])
  func refusesALabelThatIsNoProfile(_ label: String) async {
    let service = ESTService(enrolling: FixedEnrolling())
    await expect(.notFound) { _ = try await service.cacerts(request(.cacerts, label: label)) }
    await expect(.notFound) { _ = try await service.csrattrs(request(.csrattrs, label: label)) }
  }

  // RFC 7030 §3.2.3, §3.3.2
  @Test func choosesTheCredential() throws {
    let both = try request(.simpleenroll, basic: "SN-1:secret", certificate: [1]).credential()
    #expect(shown(both) == "secret SN-1")
    #expect(shown(try request(.simpleenroll, certificate: [1]).credential()) == "certificate [1]")
    let renewal = try request(.simplereenroll, basic: "SN-1:secret", certificate: [1]).credential()
    #expect(shown(renewal) == "certificate [1]")
  }

  @Test func refusesWhoShowsNothing() async {
    await expect(.unauthenticated) { _ = try request(.simpleenroll).credential() }
    await expect(.forbidden) { _ = try request(.simplereenroll, basic: "SN-1:secret").credential() }
  }

  @Test func marksARenewal() async throws {
    let (_, asked) = try await enroll(request(.simplereenroll, certificate: [1]), body: try sampleBody())
    #expect(asked?.isRenewal == true)
  }

  @Test func answersCSRAttributesWhenThereAreNone() async throws {
    let answer = try await ESTService(enrolling: FixedEnrolling()).csrattrs(request(.csrattrs))
    #expect(answer.status == 204)
    #expect(answer.body.isEmpty)
  }

  @Test func answersCSRAttributes() async throws {
    let service = ESTService(enrolling: FixedEnrolling(), attributes: { _ in [0x30, 0] })
    let answer = try await service.csrattrs(request(.csrattrs))
    #expect(answer.status == 200)
    #expect(answer.contentType == "application/csrattrs")
    #expect(answer.body == Array("MAA=\n".utf8))
  }

  @Test func answersEveryChain() async throws {
    let answer = try await ESTService(enrolling: FixedEnrolling()).cacerts(request(.cacerts))
    let message = try #require(Base64.decode(answer.body))
    #expect(Set(try CertificatesOnly.decode(message)) == [[0x30, 0], [0x30, 1, 0]])
  }
}

extension ESTRequestTests {
  private func request(
    _ operation: ESTOperation, label: String? = nil, contentType: String? = "application/pkcs10", basic: String? = nil,
    certificate: [UInt8]? = nil
  ) -> ESTRequest {
    ESTRequest(
      operation: operation, label: label, contentType: contentType,
      authorization: basic.flatMap { BasicAuthorization(parsing: "Basic " + Base64.encode(Array($0.utf8))) },
      certificate: certificate, chain: [], address: "192.0.2.1")
  }

  private func enroll(
    _ request: ESTRequest, body: [UInt8]
  ) async throws -> (answer: ESTAnswer, asked: EnrollmentRequest?) {
    let enrolling = FixedEnrolling()
    let answer = try await ESTService(enrolling: enrolling)
      .enroll(request, credential: try request.credential(), body: body)
    return (answer, enrolling.asked)
  }

  private func sampleBody() throws -> [UInt8] { Array(Base64.encode(try SampleRequest.make()).utf8) }

  private func bodies(_ der: [UInt8]) -> [[UInt8]] {
    let text = Base64.encode(der)
    let wrapped = text.enumerated().map { $0.offset % 64 == 63 ? "\($0.element)\r\n" : "\($0.element)" }.joined()
    let armored = "-----BEGIN CERTIFICATE REQUEST-----\n\(wrapped)\n-----END CERTIFICATE REQUEST-----\n"
    return [text, text + "\n", wrapped, wrapped.replacing("\r", with: ""), " " + text, armored].map { Array($0.utf8) }
  }

  private func shown(_ credential: Credential) -> String {
    switch credential {
    case .secret(let name, _): "secret \(name)"
    case .certificate(let der, _): "certificate \(der)"
    case .bareSecret: "bare secret"
    case .administrator(let actor): "administrator \(actor.name)"
    case .registrationAuthority(let actor): "registration authority \(actor.name)"
    case .station(let actor, let grant, _): "station \(actor.name) \(grant)"
    case .challenge(let order): "challenge \(order)"
    }
  }

  private func expect(_ code: Refusal.Code, _ work: () async throws -> Void) async {
    await #expect {
      try await work()
    } throws: {
      ($0 as? Refusal)?.code == code
    }
  }
}
