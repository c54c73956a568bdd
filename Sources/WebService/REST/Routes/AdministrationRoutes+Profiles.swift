import AdministrationAPI
import Credentials
import Issuance
import Registry

extension AdministrationRoutes {
  var profileRoutes: [APIRoute] { [listProfiles, showProfile, applyProfile, tryProfile] }

  private var listProfiles: APIRoute {
    APIRoute(
      method: .get, path: "/profiles", operation: "listProfiles",
      summary: "The current version of each profile, on one page.", tag: "profiles", access: .readers,
      query: QueryParameter.paging, success: .page(of: "Profile"),
      handler: .read { context in
        let profiles = try await services.read { try $0.profiles(in: $1) }
        return try .json(ItemPage(listing: profiles.map { ProfileItem($0) }, as: context.call.query) { $0.name })
      })
  }

  private var showProfile: APIRoute {
    APIRoute(
      method: .get, path: "/profiles/{name}", operation: "showProfile", summary: "A profile, in any version.",
      tag: "profiles", access: .readers,
      query: [QueryParameter(name: "version", kind: .number, description: "The current one without it.")],
      success: .json("Profile"),
      handler: .read { context in
        let name = try Self.profile(context.call)
        let version = context.call.query.number("version").map { Int(clamping: $0) }
        let record = try await services.read { reader, organization in
          if let version { return try reader.profile(name, version: version, in: organization) }
          return try reader.profile(name, in: organization)
        }
        guard let record else { throw Refusal(.notFound, "there is no such profile or version") }
        return try .json(ProfileItem(record))
      })
  }

  private var applyProfile: APIRoute {
    APIRoute(
      method: .put, path: "/profiles/{name}", operation: "applyProfile",
      summary: "Stores a profile's next version; the same text again changes nothing.", tag: "profiles",
      access: .administrators,
      query: [QueryParameter(name: "dry_run", kind: .flag, description: "Only say what would change.")],
      body: .text(["application/yaml", "text/yaml", "application/x-yaml", "text/plain"], bound: .rest),
      success: .json("ProfileChange"),
      handler: .effect(act: "profile.apply") { context in
        guard let text = String(validating: context.call.body, as: UTF8.self) else {
          throw Refusal(.badRequest, "the document is not UTF-8")
        }
        let applied = try await services.profiles.apply(
          text, named: try Self.profile(context.call), isDryRun: context.call.query.flag("dry_run"), by: context.actor)
        return try .json(
          ProfileChange(
            name: applied.name.rawValue, version: applied.version, changed: applied.changed,
            difference: applied.difference))
      })
  }

  private var tryProfile: APIRoute {
    APIRoute(
      method: .post, path: "/profiles/{name}/try", operation: "tryProfile",
      summary: "Shows what would be issued for a request, or the rule that refuses it.", tag: "profiles",
      access: .operators, body: .json("EnrollmentBody", required: true), success: .json("Trial"),
      handler: .effect(act: nil) { context in
        let asked: EnrollmentBody = try context.call.decoded()
        do {
          let decision = try await services.profiles.trial(
            try Self.request(asked.csr), of: try Self.profile(context.call))
          return try .json(Trial(decision))
        } catch let refusal as Refusal
          where refusal.rule != nil || refusal.code == .proofOfPossession
        {
          return try .json(
            Trial(
              wouldIssue: false, subjectAlternativeNames: [], extensions: [],
              rule: refusal.rule ?? "proof-of-possession", reason: refusal.reason))
        }
      })
  }

  private static func profile(_ call: APICall) throws(Refusal) -> ProfileName {
    guard let name = ProfileName(rawValue: call.segment("name")) else {
      throw Refusal(.notFound, "there is no such profile or version")
    }
    return name
  }
}

extension Trial {
  init(_ decision: Decision) {
    self.init(
      wouldIssue: true, subject: "\(decision.subject)",
      subjectAlternativeNames: decision.subjectAlternativeNames.map(\.description),
      notBefore: "\(decision.notBefore)", notAfter: "\(decision.notAfter)",
      extensions: Self.extensions(of: decision.profile))
  }

  private static func extensions(of profile: Profile) -> [String] {
    var lines: [String] = []
    if !profile.keyUsage.isEmpty { lines.append("key usage: " + profile.keyUsage.names.joined(separator: ", ")) }
    if !profile.extendedKeyUsages.isEmpty {
      lines.append(
        "extended key usage: "
          + profile.extendedKeyUsages.map { ExtendedKeyUsage.name(of: $0) }.joined(separator: ", "))
    }
    if !profile.policies.isEmpty {
      lines.append("certificate policies: " + profile.policies.map(\.description).joined(separator: ", "))
    }
    if profile.statesCRL { lines.append("CRL distribution point") }
    if profile.statesOCSP { lines.append("OCSP responder") }
    if profile.noRevocationAvailable { lines.append("no revocation available") }
    return lines
  }
}

extension ItemPage {
  /// A short list, of which everything was read: items by name, from the one after the cursor.
  init(listing all: [Item], as query: APIQuery, name: (Item) -> String) {
    let rest = all.drop { item in query["after"].map { name(item) <= $0 } ?? false }
    let items = Array(rest.prefix(query.limit))
    self.init(items: items, next: rest.count > items.count ? items.last.map(name) : nil)
  }
}
