import Credentials
import Registry
import WireFormats

/// Acts on manufacturers' authorities that the operator trusts, each a value that `Administration` runs.
public struct TrustService: Sendable {
  public init() {}

  /// Lets a manufacturer's devices ask for profiles, within serials of its own namespace.
  public func add(_ terms: TrustTerms) -> AdministrativeAct<TrustAnchorRecord> {
    AdministrativeAct("trust.add", on: "trust:\(terms.name)") { context in
      try terms.validate()
      let certificate = try terms.authority(at: context.now)
      try Self.checkForeign(certificate, in: context)
      guard try context.writer.trustAnchor(terms.name, in: context.organization) == nil else {
        throw Refusal(.conflict, "an authority is trusted under this name already")
      }
      var profiles: [ProfileName] = []
      for name in terms.profiles { profiles.append(try DeviceService.profile(named: name, in: context)) }
      let anchor = TrustAnchorRecord(
        name: terms.name, certificate: certificate.encoded, profiles: profiles, manufacturer: terms.manufacturer,
        serialPrefix: terms.serialPrefix, purpose: terms.purpose, addedAt: context.now, addedBy: context.actor.name)
      try context.writer.insert(anchor, in: context.organization)
      try context.record(
        "trust.add", subject: anchor.auditSubject, details: Self.details(of: anchor, certificate))
      return anchor
    }
  }

  /// Ends the trust. Devices that it let in keep what they have.
  public func remove(_ name: String) -> AdministrativeAct<TrustAnchorRecord> {
    AdministrativeAct("trust.remove", on: "trust:\(name)") { context in
      guard var anchor = try context.writer.trustAnchor(name, in: context.organization) else {
        throw Refusal(.notFound, "no authority is trusted under this name")
      }
      try context.writer.removeTrustAnchor(name, at: context.now, in: context.organization)
      try context.record("trust.remove", subject: anchor.auditSubject, details: ["manufacturer": anchor.manufacturer])
      anchor.removedAt = context.now
      return anchor
    }
  }

  /// TRUST.md, Authorities: the trust sets are disjoint. A key of ours is never a manufacturer's.
  private static func checkForeign(_ certificate: Certificate, in context: ActContext) throws {
    for own in try context.writer.authorities(in: context.organization) {
      let known = try? Certificate(parsing: own.certificate)
      guard own.certificate != certificate.encoded, known?.subjectPublicKeyInfo != certificate.subjectPublicKeyInfo
      else { throw Refusal(.conflict, "this is an authority of this organization, not a manufacturer's") }
    }
  }

  private static func details(of anchor: TrustAnchorRecord, _ certificate: Certificate) -> [String: String] {
    var details = [
      "manufacturer": anchor.manufacturer, "certificate_subject": "\(certificate.subject)",
      "certificate_fingerprint": Hex.encode(certificate.fingerprint),
      "profiles": anchor.profiles.map(\.rawValue).joined(separator: " "),
    ]
    details["serial_prefix"] = anchor.serialPrefix
    if anchor.purpose != .devices { details["purpose"] = anchor.purpose.rawValue }
    return details
  }
}

extension TrustAnchorRecord {
  /// The subject of its audit entries.
  public var auditSubject: String { "trust:\(name)" }
}
