import Credentials
import Issuance
import Registry
import TestKit
import Testing
import Watching

/// Whatever a door asks of issuing is counted, a key made here like any other certificate.
@Suite struct MeasuredEnrollingTests {
  private func lines(_ measures: Measures) -> [String] {
    var text = MetricText()
    measures.render(into: &text)
    return text.text.split(separator: "\n").map(String.init)
  }

  @Test func keysMadeHereAreCounted() async throws {
    let installation = try await TestInstallation()
    let text = try #require(BuiltInProfiles.texts.first { $0.hasPrefix("name: operational\n") })
    let profiles = ProfileService(
      store: installation.store, roster: installation.roster, clock: installation.clock.now)
    let administration = Administration(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    let secret = try await administration.perform(
      DeviceService().add(DeviceRegistration(serial: "PUMP-1", profile: "operational")), by: .installation,
      through: .rest
    ).secret
    let request = EnrollmentRequest(
      request: try await TestDevice("PUMP-1").request(),
      credential: .secret(name: "PUMP-1", secret: Array(secret.text.utf8)), door: .est, label: nil, isRenewal: false,
      address: "192.0.2.1")
    let measures = Measures()
    let keys = MeasuredKeyEnrolling(installation.enrollment, measures: measures)
    await #expect(throws: Refusal.self) { _ = try await keys.enrollMakingKey(request) }
    #expect(lines(measures).contains { $0.contains("refused") && $0.contains("est") && $0.hasSuffix(" 1") })
    _ = try await profiles.apply(
      text + "\nserver-key-generation: allowed\n", named: nil, isDryRun: false, by: .installation)
    _ = try await keys.enrollMakingKey(request)
    let found = lines(measures).filter { $0.contains("issued") && $0.contains(#"profile="operational""#) }
    #expect(found.count == 1 && found[0].contains(#"door="est""#) && found[0].hasSuffix(" 1"), "\(found)")
  }
}
