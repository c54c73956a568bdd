import Credentials
import DeviceClient
import Issuance
import Registry
import WireFormats

/// What the responder says of devices, to whoever meets them with the certificate that they hold.
extension Rehearsal {
  /// Of each kind: so many show what more would.
  private static let asked = 40

  /// Asks about some of these devices, and expects one answer about each.
  func expectStatus(_ expected: StatusQuestion.Answer, of devices: [Int], when moment: String) async throws {
    // Within a second, as a serving process does it.
    await world.serving.status.follow()
    let authorities = world.serving.roster.current.all
    var wrong: [String] = []
    for device in devices.prefix(Self.asked) {
      guard let held = try fleet.flash.load(device, serial: Fleet.serial(device)).identity?.certificate else {
        continue
      }
      let issuer = authorities.first { authority in
        authority.certificate.subject == held.issuer && authority.certificate.publicKey.map(held.isSigned) ?? false
      }
      guard let issuer else {
        wrong.append("\(Fleet.serial(device)) has a certificate of no authority")
        continue
      }
      let question = StatusQuestion(certificate: held, authority: issuer.certificate)
      let answer = await question.ask(fleet.address(of: device), at: world.now)
      record.answers[answer.word, default: 0] += 1
      if answer != expected { wrong.append("\(Fleet.serial(device)) is \(answer)") }
    }
    expect(wrong.isEmpty, "\(moment), OCSP was to say \(expected): \(wrong.prefix(3).joined(separator: ", "))")
  }

  /// What a person ruled out, each by its standing.
  func expectStatusOfRuledOut(_ devices: [Int], when moment: String) async throws {
    let by = { (standing: DeviceTruth.Standing) in devices.filter { self.fleet.truths[$0].standing == standing } }
    try await expectStatus(.held, of: by(.suspended), when: moment)
    try await expectStatus(.revoked(.keyCompromise), of: by(.revoked), when: moment)
    try await expectStatus(.revoked(.cessationOfOperation), of: by(.retired), when: moment)
  }
}
