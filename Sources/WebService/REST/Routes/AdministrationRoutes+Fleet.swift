import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  /// A fleet as a whole.
  var fleetRoutes: [APIRoute] { [fleetStatus, reach] }

  private static let usualExpiry = Span.hours(24)

  private var fleetStatus: APIRoute {
    APIRoute(
      method: .get, path: "/status", operation: "showStatus", summary: "How the whole fleet stands.", tag: "fleet",
      access: .readers,
      query: [
        QueryParameter(
          name: "expiring_within", kind: .span, description: "What counts as expiring: 24h without it.")
      ],
      success: .json("FleetStatus"),
      handler: .read { context in
        let (now, within) = (services.administration.now(), context.call.query.span("expiring_within"))
        return try .json(
          try await services.read { try FleetStatus($0, in: $1, at: now, within: within ?? Self.usualExpiry) })
      })
  }

  private var reach: APIRoute {
    APIRoute(
      method: .get, path: "/reports/reach", operation: "reportReach",
      summary: "Which devices a compromise touches: of an authority, a certificate with its key, or a firmware.",
      tag: "fleet", access: .readers,
      query: [
        QueryParameter(name: "authority", kind: .text, description: "An authority's identifier, name or purpose."),
        QueryParameter(
          name: "certificate_sha256", kind: .text, description: "A certificate's fingerprint, hexadecimal."),
        QueryParameter(name: "key_sha256", kind: .text, description: "SHA-256 of a SubjectPublicKeyInfo, hexadecimal."),
        QueryParameter(name: "firmware", kind: .text, description: "The value of the label firmware."),
      ],
      success: .json("Reach"),
      handler: .read { context in
        let (query, now) = (context.call.query, services.administration.now())
        return try .json(
          try await services.read { reader, organization in
            let subject = try ReachSubject(query, reader, organization)
            let selection = try Self.selection(subject.selection, of: .devices, at: now)
            return Reach(
              subject, try reader.groups(of: DeviceFilter(selection: selection), in: organization))
          })
      })
  }
}

/// What a report of reach is about, and the selection that finds its devices.
private struct ReachSubject {
  let words: String
  let selection: String
  var limits: [String] = []

  /// Throws `ProblemDetails` unless exactly one thing is asked about, and `Refusal` for what is not known here.
  init(_ query: APIQuery, _ reader: any StoreReader, _ organization: OrganizationID) throws {
    let asked = ["authority", "certificate_sha256", "key_sha256", "firmware"].filter { query[$0] != nil }
    let isCertificate = !asked.isEmpty && asked.allSatisfy { $0.hasSuffix("_sha256") }
    guard asked.count == 1 || isCertificate else {
      throw ProblemDetails.badRequest("ask about an authority, a certificate or a firmware")
    }
    if let authority = query["authority"] {
      // By its identifier, or all of a name or purpose.
      let known = try reader.authorities(in: organization).filter {
        [$0.id.rawValue, $0.name.rawValue, $0.purpose.rawValue].contains(authority)
      }
      guard !known.isEmpty else { throw Refusal(.notFound, "no authority has this identifier, name or purpose") }
      self = try Self.authorities(known, named: authority, reader)
    } else if let firmware = query["firmware"] {
      (words, selection) = ("firmware \(firmware)", "label.firmware=\(Self.quoted(firmware))")
      limits = ["only devices that carry the label firmware are found: no device reports its firmware yet"]
    } else {
      self = try Self.certificate(
        query["certificate_sha256"].flatMap { Hex.decode($0) }, key: query["key_sha256"].flatMap { Hex.decode($0) },
        reader, organization)
    }
  }

  private init(_ words: String, _ selection: String, _ limits: [String] = []) {
    (self.words, self.selection, self.limits) = (words, selection, limits)
  }

  /// A root reaches what the authorities under it issued.
  private static func authorities(
    _ records: [AuthorityRecord], named name: String, _ reader: any StoreReader
  ) throws -> ReachSubject {
    guard let organization = records.first?.organization else { throw Refusal(.notFound, "no authority is named") }
    let all = try reader.authorities(in: organization)
    var reached = records.map(\.id)
    // Each pass goes one level down; there are few authorities, and no more levels than authorities.
    for _ in all {
      reached += all.filter { $0.parent.map(reached.contains) ?? false && !reached.contains($0.id) }.map(\.id)
    }
    let list = reached.map(\.rawValue).joined(separator: ", ")
    return ReachSubject("authority \(name)", "authority in (\(list))")
  }

  /// One of our authorities, a manufacturer's, or a key that devices have.
  private static func certificate(
    _ fingerprint: [UInt8]?, key: [UInt8]?, _ reader: any StoreReader, _ organization: OrganizationID
  ) throws -> ReachSubject {
    if let fingerprint {
      for authority in try reader.authorities(in: organization)
      where Fingerprint.of(authority.certificate) == fingerprint {
        return try Self.authorities([authority], named: authority.id.rawValue, reader)
      }
      for anchor in try reader.trustAnchors(in: organization)
      where Fingerprint.of(anchor.certificate) == fingerprint {
        return ReachSubject(
          "manufacturer's authority \(anchor.name)", "manufacturer=\(quoted(anchor.manufacturer))",
          ["every device of the manufacturer's namespace is named, whichever certificate it showed"])
      }
    }
    let known = try fingerprint.flatMap { try reader.certificate(fingerprint: $0, in: organization)?.keyHash }
    guard let hash = key ?? known else {
      throw Refusal(.notFound, "no certificate has this fingerprint", hint: "name its key's SHA-256 too")
    }
    return ReachSubject(
      "key \(Hex.encode(hash))", "key=\(Hex.encode(hash))", ["only keys of certificates issued here are known"])
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}

extension Reach {
  /// Products and profiles of a list; the rest is in `device list`.
  private static let mostNames = 100

  fileprivate init(_ subject: ReachSubject, _ groups: [DeviceGroup]) {
    func counted(by name: (DeviceGroup) -> String) -> [String: Int] {
      var counts: [String: Int] = [:]
      for group in groups { counts[name(group), default: 0] += group.count }
      let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostNames)
      return Dictionary(most.map { ($0.key, $0.value) }) { first, _ in first }
    }
    self.init(
      of: subject.words, where: subject.selection, devices: groups.reduce(0) { $0 + $1.count },
      byState: counted { $0.state.rawValue }, byProduct: counted { $0.product ?? "" },
      byProfile: counted { $0.profile.rawValue }, limits: subject.limits)
  }
}
