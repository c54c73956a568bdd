import Credentials
import Issuance
import KeyCustody
import Registry
import WireFormats

extension TestInstallation {
  /// A profile like `operational`, or like `idevid`, under another name and authority.
  public func applyProfile(
    _ name: String, authority: String, like original: String = "operational", validity: String? = nil
  ) async throws {
    guard let builtIn = ProfileName(rawValue: original).flatMap(BuiltInProfiles.document) else {
      throw Refusal(.notFound, "no profile \(original)")
    }
    let lines = builtIn.split(separator: "\n").map { line in
      if line.hasPrefix("name: ") { return "name: \(name)" }
      if line.hasPrefix("authority: ") { return "authority: \(authority)" }
      if let validity, line.hasPrefix("validity: ") { return "validity: \(validity)" }
      return String(line)
    }
    _ = try await ProfileService(store: store, roster: roster, clock: clock.now).apply(
      lines.joined(separator: "\n") + "\n", named: nil, isDryRun: false, by: .installation)
  }

  /// An authority beside those that were founded, with the root's answer.
  @discardableResult
  public func addAuthority(
    _ name: String, as purpose: AuthorityRecord.Purpose = .operational, algorithm: KeyAlgorithm = .p256
  ) async throws -> Authority {
    let terms = AuthorityTerms(name: try Self.authorityName(name), purpose: purpose, algorithm: algorithm)
    let done = try await carryOut(try await rootRequests.add(terms, by: .installation, through: .command))
    guard let fresh = authorities.authority(done.authority) else { throw Refusal(.notFound, "not loaded") }
    return fresh
  }

  public static func authorityName(_ text: String) throws -> AuthorityName {
    guard let name = AuthorityName(rawValue: text) else { throw Refusal(.badRequest, "\(text) is no name") }
    return name
  }

  /// A request to somebody else's authority, as PEM.
  public func askForeign(
    _ name: String, algorithm: KeyAlgorithm = .p256
  ) async throws -> (record: AuthorityRequestRecord, request: String) {
    let terms = AuthorityTerms(name: try Self.authorityName(name), purpose: .operational, algorithm: algorithm)
    let asked = try await rootRequests.askForeign(terms, by: .installation, through: .command)
    return (asked, PEM(label: "CERTIFICATE REQUEST", bytes: asked.request).text)
  }

  /// - Parameters: PEM.
  @discardableResult
  public func installForeign(
    _ certificate: String, chain: String, for asked: AuthorityRequestRecord
  ) async throws -> AuthorityRecord {
    let certificates = [certificate, chain].map { (PEM.parse($0) ?? []).map(\.bytes) }
    return try await rootRequests.installForeign(
      certificates[0].first ?? [], chain: certificates[1], for: asked.id, by: .installation, through: .command)
  }
}
