import Credentials
import Registry
import WireFormats
import Yams

/// A profile's YAML text, read into a `Profile` or refused with line and column.
public enum ProfileDocument {
  /// - Throws: `ProfileError` for an unknown key, a value that is not allowed, or keys that contradict each other.
  public static func parse(_ text: String) throws(ProfileError) -> Profile {
    var reader = try DocumentReader(text: text)
    try reader.allow(knownKeys)
    let name = try reader.required("name")
    let authority = try reader.required("authority")
    let subject = reader.optional("subject")
    let names = reader.optional("subject-alternative-names")
    let keys = try reader.required("keys")
    let validity = try reader.required("validity")
    let keyUsage = try reader.required("key-usage")
    let extended = reader.optional("extended-key-usage")
    let renewal = try Self.renewal(reader.optional("renewal"))
    let revocation = try Self.revocation(reader.optional("revocation"))
    let proofs = try reader.required("ask")
    let doors = try reader.required("protocols")
    let profile = Profile(
      name: try Self.profileName(name),
      version: 0,
      description: try reader.optional("description").map(DocumentReader.text) ?? "",
      authority: try Self.authority(authority),
      kind: try Self.optionalChoice(reader.optional("kind"), DeviceRecord.Kind.self) ?? .device,
      subject: try subject.map(Self.subject) ?? [],
      subjectAlternativeNames: try names.map(Self.names) ?? [],
      honored: Set(try Self.choices(reader.optional("honor"), Profile.HonoredField.self)),
      keys: try Self.choices(keys, KeyAlgorithm.self),
      validity: try Self.validity(validity),
      backdate: try reader.optional("backdate").map(Self.span) ?? .hours(1),
      renewal: renewal,
      keyUsage: try Self.keyUsage(keyUsage),
      extendedKeyUsages: try extended.map(Self.extendedKeyUsages) ?? [],
      policies: try reader.optional("policies").map(Self.policies) ?? [],
      statesCRL: revocation.crl, statesOCSP: revocation.ocsp, noRevocationAvailable: revocation.none,
      proofs: Set(try Self.choices(proofs, Profile.Proof.self)),
      enrollFrom: try Self.profileNames(reader.optional("enroll-from")),
      doors: Set(try Self.choices(doors, Door.self)),
      ocspLifetime: revocation.lifetime,
      keepsDevice: try reader.optional("device").map(DocumentReader.boolean) ?? true,
      authorization: try reader.optional("authorize").map(Self.authorization),
      approval: try Self.optionalChoice(reader.optional("approval"), Profile.Approval.self),
      allowsServerKeys: try reader.optional("server-key-generation").map(Self.isAllowed) ?? false,
      requiresHardwareKey: try reader.optional("key").map(Self.wantsHardware) ?? false,
      attestation: try reader.optional("attestation").map(Self.attestation),
      extensions: try reader.optional("extensions").map(Self.extensions) ?? [])
    try check(profile, validity: validity, keys: keys, name: name)
    return profile
  }

  private static let knownKeys: Set<String> = [
    "name", "description", "authority", "kind", "subject", "subject-alternative-names", "honor", "keys", "validity",
    "backdate", "renewal", "key-usage", "extended-key-usage", "policies", "revocation", "ask", "enroll-from",
    "protocols", "device", "authorize", "approval", "server-key-generation", "key",
    "attestation", "extensions",
  ]

  /// What holds between keys.
  private static func check(_ profile: Profile, validity: Node, keys: Node, name: Node) throws(ProfileError) {
    guard !profile.keys.isEmpty else { throw DocumentReader.failure(keys, "at least one key algorithm is needed") }
    if case .lasting(let span) = profile.validity, span < .minutes(5) || span > .days(365 * 100) {
      throw DocumentReader.failure(validity, "a validity lies between 5m and 100y, or is never")
    }
    if case .noExpiry = profile.validity, [.operational, .lab].contains(profile.authority) {
      // A certificate never outlives its issuer; whether one that was added ends is seen when the profile is applied.
      throw DocumentReader.failure(validity, "only the idevid authority issues certificates that never expire")
    }
    guard profile.keepsDevice || profile.authority == .lab else {
      throw DocumentReader.failure(name, "only profiles of the lab authority keep no device")
    }
    guard !profile.proofs.contains(.challenge) || profile.authority == .lab else {
      throw DocumentReader.failure(name, "only profiles of the lab authority ask for nothing but a challenge")
    }
    guard !(profile.requiresHardwareKey && profile.allowsServerKeys) else {
      throw DocumentReader.failure(name, "a key that is made here is in no device's hardware")
    }
    guard !profile.requiresHardwareKey || profile.keepsDevice else {
      throw DocumentReader.failure(name, "a key in hardware belongs to a device, which this profile does not keep")
    }
    guard profile.attestation == nil || profile.keepsDevice else {
      throw DocumentReader.failure(name, "a device attests, and this profile keeps none")
    }
    guard profile.subject.isEmpty == profile.honored.contains(.subject) else {
      throw DocumentReader.failure(name, "give a subject, or honor the request's subject, and not both")
    }
  }

  private static func validity(_ node: Node) throws(ProfileError) -> Profile.Validity {
    try DocumentReader.text(node) == "never" ? .noExpiry : .lasting(span(node))
  }

  private static func renewal(_ node: Node?) throws(ProfileError) -> Profile.Renewal {
    var renewal = Profile.Renewal(window: .days(1), grace: .days(0), early: true, allowed: true)
    guard let node else { return renewal }
    if case .scalar(let scalar) = node, scalar.string == "never" {
      renewal.allowed = false
      return renewal
    }
    var reader = try DocumentReader(node, what: "renewal")
    if let window = reader.optional("window") { renewal.window = try span(window) }
    if let grace = reader.optional("grace") { renewal.grace = try span(grace) }
    if let early = reader.optional("early") { renewal.early = try DocumentReader.boolean(early) }
    try reader.finish()
    return renewal
  }

  private static func authorization(_ node: Node) throws(ProfileError) -> Profile.Authorization {
    var reader = try DocumentReader(node, what: "authorize")
    let url = try reader.required("url")
    let timeout = reader.optional("timeout")
    let occasions = try choices(reader.optional("ask"), Profile.Authorization.Occasion.self)
    try reader.finish()
    guard let address = WebhookAddress(try DocumentReader.text(url)) else {
      throw DocumentReader.failure(url, "an https address is expected, or http to this machine itself")
    }
    let limit = try timeout.map(span) ?? .seconds(3)
    guard limit >= .seconds(1), limit <= .seconds(20) else {
      throw DocumentReader.failure(timeout ?? node, "timeout lies between 1s and 20s: a device waits meanwhile")
    }
    return Profile.Authorization(
      address: address, timeout: limit, occasions: occasions.isEmpty ? [.enroll] : Set(occasions))
  }

  private static func revocation(
    _ node: Node?
  ) throws(ProfileError) -> (crl: Bool, ocsp: Bool, none: Bool, lifetime: Span) {
    guard let node else { return (true, true, false, .minutes(5)) }
    if case .scalar(let scalar) = node, scalar.string == "none" { return (false, false, true, .minutes(5)) }
    var reader = try DocumentReader(node, what: "revocation")
    let crl = try reader.optional("crl").map(DocumentReader.boolean) ?? true
    let ocsp = try reader.optional("ocsp").map(DocumentReader.boolean) ?? true
    let lifetime = try reader.optional("ocsp-lifetime").map(span) ?? .minutes(5)
    try reader.finish()
    guard crl || ocsp else {
      throw DocumentReader.failure(node, "say crl, ocsp or both; 'revocation: none' is noRevAvail")
    }
    guard lifetime >= .seconds(10), lifetime <= .days(7) else {
      throw DocumentReader.failure(node, "ocsp-lifetime lies between 10s and 7d")
    }
    return (crl, ocsp, false, lifetime)
  }

  private static func profileName(_ node: Node) throws(ProfileError) -> ProfileName {
    guard let name = ProfileName(rawValue: try DocumentReader.text(node)) else {
      throw DocumentReader.failure(node, "a profile's name is 1 to 64 letters, digits, hyphens, dots and underscores")
    }
    guard !name.rawValue.hasPrefix(InstallationCertificates.profilePrefix) else {
      throw DocumentReader.failure(node, "names that begin with installation are the installation's own")
    }
    return name
  }

  private static func profileNames(_ node: Node?) throws(ProfileError) -> [ProfileName] {
    guard let node else { return [] }
    var names: [ProfileName] = []
    for entry in try DocumentReader.list(node) { names.append(try profileName(entry)) }
    return names
  }

  static func span(_ node: Node) throws(ProfileError) -> Span {
    guard let span = Span(try DocumentReader.text(node)) else {
      throw DocumentReader.failure(node, "a time such as 90s, 15m, 24h, 7d or 10y is expected")
    }
    return span
  }

  private static func isAllowed(_ node: Node) throws(ProfileError) -> Bool {
    try choice(node, ["forbidden", "allowed"]) == "allowed"
  }

  private static func wantsHardware(_ node: Node) throws(ProfileError) -> Bool {
    try choice(node, ["any", "hardware"]) == "hardware"
  }

  /// Whether there is one of this name is not known here.
  private static func authority(_ node: Node) throws(ProfileError) -> AuthorityName {
    let text = try DocumentReader.text(node)
    let made = AuthorityRecord.Purpose.allCases.filter(\.servesDevices).map(\.rawValue)
    guard let name = AuthorityName(rawValue: text), made.contains(text) || !name.isReserved else {
      throw DocumentReader.failure(
        node, "'\(text)' is not one of \(made.joined(separator: ", ")), nor a name that an authority can be given")
    }
    return name
  }

  static func choice(_ node: Node, _ allowed: [String]) throws(ProfileError) -> String {
    let text = try DocumentReader.text(node)
    guard allowed.contains(text) else {
      throw DocumentReader.failure(node, "'\(text)' is not one of \(allowed.joined(separator: ", "))")
    }
    return text
  }

  static func optionalChoice<Choice: CaseIterable & RawRepresentable<String>>(
    _ node: Node?, _ type: Choice.Type
  ) throws(ProfileError) -> Choice? {
    guard let node else { return nil }
    return try Choice(rawValue: choice(node, Choice.allCases.map(\.rawValue)))
  }

  static func choices<Choice: CaseIterable & RawRepresentable<String> & Hashable>(
    _ node: Node?, _ type: Choice.Type
  ) throws(ProfileError) -> [Choice] {
    guard let node else { return [] }
    var chosen: [Choice] = []
    for entry in try DocumentReader.list(node) {
      guard let value = try optionalChoice(entry, type) else { continue }
      guard !chosen.contains(value) else { throw DocumentReader.failure(entry, "'\(value.rawValue)' stands twice") }
      chosen.append(value)
    }
    return chosen
  }
}
