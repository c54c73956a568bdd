import Credentials
import Issuance
import KeyCustody
import PKCS11
import Registry
import TestKit
import TokenCustody

/// Certificates a second of authorities whose keys are on a token that takes 10 ms for each signature: SoftHSM behind
/// Tests/TokenShim/token-shim.c, four sessions, through policy, lint, the real store and the log.
struct CustodyBenchmark {
  static let signMilliseconds = 10
  private static let sessions = 4
  /// Requests under way at once, as doors have them: enough that sessions never wait for work.
  private static let concurrency = 64

  static func run(count: Int) async throws {
    let token = try await SoftToken()
    let pool = try TokenPool(try PKCS11URI(parsing: token.uri), pin: TokenPIN(.file(token.pinFile)))
    defer { pool.stop() }
    let keys = TokenKeys(sealed: nil, tokens: [pool], makesOnToken: true)
    let installation = try await TestInstallation(withLab: false, issuing: keys)
    try token.folder.write(Array("\(signMilliseconds)".utf8), to: "sign-ms")
    var requests: [CertificationRequest] = []
    for number in 0..<count { requests.append(try await TestDevice("CUSTODY-\(number)").request()) }
    // One before: each session finds its key once.
    try await issue(Array(requests.prefix(sessions)), in: installation)
    let began = ContinuousClock.now
    try await issue(Array(requests.dropFirst(sessions)), in: installation)
    let seconds = Double(began.duration(to: .now) / .milliseconds(1)) / 1000
    let figure = Double(count - sessions) / seconds
    print(
      "{\"custody_certificates_per_second\": \((figure * 10).rounded() / 10), \"certificates\": \(count - sessions), "
        + "\"sessions\": \(pool.health.sessions), \"sign_milliseconds\": \(signMilliseconds), "
        + "\"failures\": \(pool.health.failures)}")
  }

  private static func issue(_ requests: [CertificationRequest], in installation: TestInstallation) async throws {
    let administrator = Actor(name: "Benchmark", role: .administrator, fingerprint: [])
    let enrollment = installation.enrollment
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, request) in requests.enumerated() {
        if number >= concurrency { try await group.next() }
        group.addTask {
          _ = try await enrollment.enroll(
            EnrollmentRequest(
              request: request, credential: .administrator(administrator), door: .rest,
              label: ProfileName(rawValue: "operational"), isRenewal: false, address: "192.0.2.1"))
        }
      }
      try await group.waitForAll()
    }
  }
}
