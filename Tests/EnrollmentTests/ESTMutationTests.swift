import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Damaged requests over the whole door with real issuing. Every other one is changed in its structure and signed again with
/// the key that it carries: none crashes, none hangs, and nothing is issued but what `operational` gives to that device.
@Suite struct ESTMutationTests {
  /// A debug build makes 10,000 in some 20 s.
  private static let count = MutationRun.count(otherwise: 10_000)

  private let clientAuth = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])

  @Test func nothingIsIssuedThatIsForbidden() async throws {
    let installation = try await TestInstallation()
    let enrolling = IssuedWatch(installation.enrollment) { [clientAuth] certificate in
      let serials = certificate.subject.values(of: AttributeType.serialNumber)
      return certificate.isWithin([clientAuth], days: 7) && certificate.subjectAlternativeNames.isEmpty
        && serials.count == 1 && serials[0].hasPrefix("PUMP-")
    }
    let service = ESTService(enrolling: enrolling, keys: enrolling)
    let renewing = try TestDevice("PUMP-0")
    let certificate = try await enroll(renewing, in: installation)
    var (asking, secret) = try await device(1, in: installation)
    var (number, run) = (1, MutationRun())
    for round in 0..<Self.count {
      let operation = [ESTOperation.simpleenroll, .simplereenroll, .serverkeygen][round / 2 % 3]
      let device = operation == .simplereenroll ? renewing : asking
      let seed = UInt64(round) &* 0x9E37_79B9 &+ 7
      let body = try Self.body(device, isStructural: round % 2 == 1, seed: seed, clientAuth)
      let request = ESTRequest(
        operation: operation, label: nil, contentType: "application/pkcs10",
        authorization: BasicAuthorization(parsing: "Basic " + Base64.encode(Array("\(device.serial):\(secret)".utf8))),
        certificate: operation == .simplereenroll ? certificate : nil, chain: [], address: "192.0.2.1")
      let before = enrolling.issued
      let outcome = await run.take { await Self.ask(request, body, service) }
      run.note("\(operation) \(outcome)")
      // The secret is used up; the next device has a new one.
      guard enrolling.issued > before, operation != .simplereenroll else { continue }
      number += 1
      (asking, secret) = try await self.device(number, in: installation)
    }
    run.report("EST")
    #expect(run.outcomes.count > 8, "\(run.outcomes)")
    #expect(enrolling.issued > 0 && run.largest < MutationRun.hang, "\(run.outcomes)")
    #expect(run.outcomes.keys.allSatisfy { !$0.contains("unavailable") }, "\(run.outcomes)")
  }

  private static func ask(_ request: ESTRequest, _ body: [UInt8], _ service: ESTService) async -> String {
    do throws(Refusal) {
      let credential = try request.credential()
      _ =
        request.operation == .serverkeygen
        ? try await service.serverkeygen(request, credential: credential, body: body)
        : try await service.enroll(request, credential: credential, body: body)
      return "issued"
    } catch {
      return error.rule ?? error.code.rawValue
    }
  }

  /// Structural: what is signed is changed, and signed again; else the octets that travel are.
  private static func body(
    _ device: TestDevice, isStructural: Bool, seed: UInt64, _ purpose: ObjectIdentifier
  ) throws -> [UInt8] {
    let name = DistinguishedName([
      .init(type: AttributeType.serialNumber, value: device.serial),
      .init(type: AttributeType.commonName, value: device.serial),
    ])
    var information = CertificationRequest.toBeSigned(
      subject: name, publicKey: device.key.publicKey,
      extensions: [.keyUsage([.digitalSignature]), .extendedKeyUsage([purpose]), .basicConstraints(isAuthority: false)])
    if isStructural {
      var mutations = DERMutations(of: information, count: 1, seed: seed)
      information = mutations.next() ?? information
    }
    let request = CertificationRequest.assemble(
      information, algorithm: device.key.algorithm, signature: try device.key.signature(over: information))
    let body = Array(Base64.encode(request).utf8)
    guard !isStructural else { return body }
    // In the base64 itself, or in what it holds.
    var mutations = Mutations(of: seed % 4 == 1 ? body : request, count: 1, seed: seed)
    let damaged = mutations.next() ?? body
    return seed % 4 == 1 ? damaged : Array(Base64.encode(damaged).utf8)
  }

  private func device(_ number: Int, in installation: TestInstallation) async throws -> (TestDevice, String) {
    let serial = "PUMP-\(number)"
    return (try TestDevice(serial), try await RegisteredDevice.add(serial, in: installation).text)
  }

  private func enroll(_ device: TestDevice, in installation: TestInstallation) async throws -> [UInt8] {
    let secret = try await RegisteredDevice.add(device.serial, in: installation)
    return try await installation.enrollment.enroll(
      EnrollmentRequest(
        request: try await device.request(),
        credential: .secret(name: device.serial, secret: Array(secret.text.utf8)), door: .est, label: nil,
        isRenewal: false, address: "192.0.2.1")
    ).certificate
  }
}
