import Registry
import WireFormats

extension DeviceService {
  /// Registers a device whose public key is known: it enrolls by showing that it holds the key, and no secret is made.
  ///
  /// - Parameter keyHash: SHA-256 of the SubjectPublicKeyInfo.
  public func add(_ registration: DeviceRegistration, keyHash: [UInt8]) -> AdministrativeAct<DeviceRecord> {
    AdministrativeAct("device.add", on: "serial:\(registration.serial)") { context in
      try registerKnown(registration, keyHash: keyHash, signer: nil, in: context)
    }
  }

  /// With its entry in the log.
  func registerKnown(
    _ registration: DeviceRegistration, keyHash: [UInt8], signer: String?, in context: ActContext
  ) throws -> DeviceRecord {
    try Self.checkTakesKeys(registration.profile, in: context)
    try Self.checkFree(keyHash, in: context)
    let device = try register(registration, replacing: nil, in: context)
    try context.writer.insert(
      DeviceKeyRecord(
        device: device.id, keyHash: keyHash, signer: signer, addedAt: context.now, addedBy: context.actor.name),
      in: context.organization)
    var details = Self.details(of: device)
    details["key_sha256"] = Hex.encode(keyHash)
    details["signer_sha256"] = signer
    try context.record("device.add", subject: device.auditSubject, details: details)
    return device
  }

  /// Said when the device is registered, and not first when it stands in the field.
  private static func checkTakesKeys(_ name: String, in context: ActContext) throws {
    let profile = try profile(named: name, in: context)
    guard let record = try context.writer.profile(profile, in: context.organization),
      let document = try? ProfileDocument.parse(record.document)
    else { throw Refusal(.unavailable, "the profile cannot be read") }
    guard document.proofs.contains(.key) else {
      throw Refusal(
        .policy, "profile \(name) is not given for a key", rule: "ask",
        hint: "put key into its ask list, and apply it: touchmark profile apply FILE")
    }
  }

  /// A key has one device, whether it is certified yet or not.
  static func checkFree(_ keyHash: [UInt8], in context: ActContext) throws {
    guard keyHash.count == 32 else { throw Refusal(.badRequest, "a key's SHA-256 has 32 octets") }
    guard try context.writer.deviceKey(hash: keyHash, in: context.organization) == nil else {
      throw Refusal(.keyReuse, "this key is registered for another device")
    }
    for certificate in try context.writer.certificates(keyHash: keyHash, in: context.organization) {
      let isCompromised = certificate.reason == .keyCompromise
      throw Refusal(
        .keyReuse, isCompromised ? "this key was revoked as compromised" : "this key is certified for another subject")
    }
  }
}
