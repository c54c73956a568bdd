import Credentials
import Registry
import WireFormats

extension Resolver {
  /// A station enrolls only under its profiles, and only with a grant whose secret it was given. The grant counts as it
  /// counts at a device's door: by key, so that an answer that was lost is given again and counts once.
  func byStation(_ actor: Actor, grant name: String, secret: [UInt8]) throws -> Resolution {
    guard name.utf8.count <= 128, secret.count <= 128, let grantName = GrantName(rawValue: name),
      let grant = try reader.grant(grantName, in: organization),
      EnrollmentSecret.matches(secret, hash: grant.secretHash)
    else { throw Self.wrongSecret }
    try checkStatedSerial()
    try checkProfiles(of: actor, allow: grant.profile)
    return try byGrant(grant, station: actor)
  }

  /// A grant may be one station's: nobody else uses it, an administrator or a device with its secret neither.
  func checkStation(_ actor: Actor?, mayUse grant: GrantRecord) throws(Refusal) {
    guard let station = grant.station else { return }
    guard let actor, actor.role == .station, actor.name == station else {
      throw Refusal(.forbidden, "this grant is for one station alone, and for another")
    }
  }

  /// The request is the device's own word: what it says of itself and what was read off it must agree.
  func checkStatedSerial() throws(Refusal) {
    guard let stated = request.serial, let named = SubjectNames.requestedSerial(request.request) else { return }
    guard stated == named else {
      throw .policy("subject", "the request names serial \(named), and \(stated) was stated")
    }
  }

  func checkProfiles(of actor: Actor, allow profile: ProfileName) throws {
    guard actor.role == .station else { return }
    guard let record = try reader.administrator(fingerprint: actor.fingerprint, in: organization),
      record.removedAt == nil, record.role == .station
    else { throw Refusal(.forbidden, "this certificate is no station's") }
    guard record.profiles.contains(profile) else {
      throw Refusal(
        .forbidden, "this station does not enroll for profile \(profile)",
        hint: "it enrolls for " + record.profiles.map(\.rawValue).joined(separator: ", "))
    }
  }
}
