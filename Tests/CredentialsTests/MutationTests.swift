import Credentials
import Testing
import WireFormats

/// Whatever arrives is a value or an error. A trap here ends the whole test run, which is how it fails.
@Suite struct MutationTests {
  /// A generator with a seed, so that a failure comes back.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      // splitmix64.
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }

  /// A few octets changed, cut out, doubled or put in; lengths and tags are hit as often as anything else.
  private func mutate(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var result = bytes
    for _ in 0...Int.random(in: 0...3, using: &random) {
      guard !result.isEmpty else { return result }
      let index = Int.random(in: result.indices, using: &random)
      let end = min(index + Int.random(in: 1...16, using: &random), result.count)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: result[index] = UInt8.random(in: .min ... .max, using: &random)
      case 1: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: result.removeSubrange(index..<end)
      case 3: result.insert(contentsOf: result[index..<end], at: index)
      case 4: result.removeLast(result.count - index)
      default: result[index] = [0x00, 0x30, 0x80, 0x81, 0x84, 0xFF].randomElement(using: &random) ?? 0
      }
    }
    return result
  }

  private static let seeds: [[UInt8]] = {
    let names = ["p256-names", "p256-challenge", "p256-other-names", "rsa2048-pss", "ed25519-plain", "p256-utf8"]
    return names.compactMap { try? Fixture.der("\($0).csr") }
  }()

  @Test func requests() throws {
    #expect(Self.seeds.count == 6)
    var random = Seeded(state: 1)
    var parsed = 0
    for round in 0..<20_000 {
      let bytes = mutate(Self.seeds[round % Self.seeds.count], &random)
      guard let request = try? CertificationRequest(parsing: bytes) else { continue }
      parsed += 1
      _ = request.subject.description
      _ = request.subjectAlternativeNames.map(\.description)
      if round % 16 == 0 { _ = request.verifyProofOfPossession() }
    }
    // Some have to get through, or nothing behind the first length was reached.
    #expect(parsed > 100)
  }

  @Test func certificates() throws {
    let root = try TestAuthority("Root", pathLength: 3)
    let names: [GeneralName] = GeneralNameTests.names.filter { if case .other = $0 { false } else { true } }
    let seeds = [root.certificate.encoded, try root.issue(TestAuthority.fields(names: names)).encoded]
    var random = Seeded(state: 2)
    var parsed = 0
    for round in 0..<20_000 {
      let bytes = mutate(seeds[round % 2], &random)
      guard let certificate = try? Certificate(parsing: bytes) else { continue }
      parsed += 1
      _ = certificate.subject.description
      _ = certificate.subjectAlternativeNames.map(\.description)
      _ = certificate.statusAddresses
      if round % 16 == 0 {
        _ = try? CertificationPath.verify(
          leaf: certificate, intermediates: [], anchors: [root.certificate], at: TestAuthority.now)
      }
    }
    #expect(parsed > 100)
  }

  /// Names and extensions that parse may also be handed to the rules, whatever stands in them.
  @Test func rules() throws {
    let template = try TestAuthority("Root").template()
    var random = Seeded(state: 3)
    var refused = 0
    for round in 0..<5000 {
      guard let request = try? CertificationRequest(parsing: mutate(Self.seeds[round % Self.seeds.count], &random))
      else {
        continue
      }
      var fields = TestAuthority.fields(names: request.subjectAlternativeNames)
      fields.subject = request.subject
      fields.extensions = request.extensions.filter { $0.identifier != ExtensionID.subjectAlternativeName }
      if (try? prepare(template, fields)) == nil { refused += 1 }
    }
    #expect(refused > 10)
  }

  private func prepare(_ template: CertificateTemplate, _ fields: CertificateFields) throws -> Int {
    let linted = try template.prepare(fields)
    return linted.toBeSigned.count
  }

  @Test func bundlesAndAttributes() throws {
    let bundle = CertificatesOnly.encode([try TestAuthority("Root").certificate.encoded, [0x30, 0x00]])
    let attributes = CertificationRequestAttributes(keyAlgorithm: .p256, extensions: [.keyUsage(.digitalSignature)])
    var random = Seeded(state: 4)
    var parsed = 0
    for _ in 0..<5000 {
      if (try? CertificatesOnly.decode(mutate(bundle, &random))) != nil { parsed += 1 }
      if (try? CertificationRequestAttributes(parsing: mutate(attributes.encoded, &random))) != nil { parsed += 1 }
    }
    #expect(parsed > 100)
  }
}
