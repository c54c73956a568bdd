import Credentials
import Issuance
import Registry
import WireFormats

/// Support information of one installation, from its authorities, profiles and lists.
public struct InstallationInformation: SupportInformation {
  /// An authority's current list.
  public typealias Lists = @Sendable (AuthorityID) async throws -> RevocationListItem?

  private let roster: AuthorityRoster
  private let profiles: ProfileLookup
  private let lists: Lists

  public init(roster: AuthorityRoster, profiles: ProfileLookup, lists: @escaping Lists) {
    (self.roster, self.profiles, self.lists) = (roster, profiles, lists)
  }

  public func checkOffered(_ label: ProfileName?) async throws(Refusal) {
    guard let profile = try await profiles.profile(label), !profile.doors.contains(.cmp) else { return }
    throw .policy("protocols", "profile \(profile.name) is not offered over cmp")
  }

  /// RFC 9483 §4.3.2: the successor of the root that the client holds, by the certificates that lead from one to the
  /// other.
  public func rootUpdate(from old: [UInt8]) async throws(Refusal) -> RootCaKeyUpdate? {
    let authorities = roster.current
    guard let held = authorities.records.first(where: { $0.certificate == old }),
      let road = authorities.rollover.first(where: { $0.kind == .newWithOld && $0.issuer == held.id }),
      let next = authorities.records.first(where: { $0.id == road.subject })
    else { return nil }
    let back = authorities.rollover.first { $0.kind == .oldWithNew && $0.subject == held.id && $0.issuer == next.id }
    return RootCaKeyUpdate(
      newWithNew: next.certificate, newWithOld: road.certificate, oldWithNew: back?.certificate)
  }

  /// RFC 9810 §5.3.19.16: what depends on the device stands there as an empty text, for the client to fill in.
  public func template(label: ProfileName?) async throws(Refusal) -> RequestTemplate? {
    guard let profile = try await profiles.profile(label) else { return nil }
    let attributes = profile.subject.map {
      DistinguishedName.Attribute(type: $0.type, value: $0.template.rendered(with: [:]) ?? "")
    }
    var extensions = [CertificateExtension.keyUsage(profile.keyUsage)]
    if !profile.extendedKeyUsages.isEmpty { extensions.append(.extendedKeyUsage(profile.extendedKeyUsages)) }
    return RequestTemplate(
      subject: attributes.isEmpty ? nil : DistinguishedName(attributes), extensions: extensions, keys: profile.keys)
  }

  public func revocationList(issuer: [UInt8]) async throws(Refusal) -> RevocationListItem? {
    try await list { $0.certificate.subject.encoded == issuer }
  }

  public func revocationList(address: String) async throws(Refusal) -> RevocationListItem? {
    let addresses = roster.current.addresses
    return try await list { addresses.crl($0.record.id) == address }
  }

  private func list(of isMeant: (Authority) -> Bool) async throws(Refusal) -> RevocationListItem? {
    guard let authority = roster.current.all.first(where: isMeant) else { return nil }
    do {
      return try await lists(authority.record.id)
    } catch {
      throw Refusal(.unavailable, "the list cannot be read now", detail: "\(error)")
    }
  }
}
