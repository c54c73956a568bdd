import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  var deviceRoutes: [APIRoute] { [listDevices, addDevice, importDevices, importManifest, showDevice] + standingRoutes }

  private static let filters: [QueryParameter] = [
    QueryParameter(name: "serial", kind: .text, description: "Exactly this serial."),
    QueryParameter(name: "prefix", kind: .text, description: "Serials that begin so."),
    QueryParameter(name: "state", kind: .choice(DeviceRecord.State.allCases.map(\.rawValue)), description: "State."),
    QueryParameter(name: "kind", kind: .choice(DeviceRecord.Kind.allCases.map(\.rawValue)), description: "Kind."),
    QueryParameter(name: "profile", kind: .text, description: "Profile."),
    QueryParameter(name: "lot", kind: .text, description: "Lot."),
    QueryParameter(name: "product", kind: .text, description: "Product."),
    QueryParameter(name: "manufacturer", kind: .text, description: "Manufacturer."),
    QueryParameter(name: "label", kind: .text, description: "KEY=VALUE; all that are given hold.", repeats: true),
  ]

  private var listDevices: APIRoute {
    APIRoute(
      method: .get, path: "/devices", operation: "listDevices", summary: "Devices, in the order of serials.",
      tag: "devices", access: .readers, query: QueryParameter.paging + Self.filters + [.selection(of: .devices)],
      success: .page(of: "Device"),
      handler: .read { context in
        let query = context.call.query
        guard let filter = try Self.filter(query, at: services.administration.now()) else {
          return try .json(ItemPage<DeviceItem>(items: []))
        }
        let page = try await services.read { reader, organization in
          try reader.devices(matching: filter, after: query.cursor, limit: query.limit, in: organization)
        }
        return try .json(ItemPage(items: page.items.map { DeviceItem($0) }, next: page.next?.rawValue))
      })
  }

  /// Nil when nothing can match.
  private static func filter(_ query: APIQuery, at now: Instant) throws(ProblemDetails) -> DeviceFilter? {
    let selection = try query["where"].map { text throws(ProblemDetails) in
      try Self.selection(text, of: .devices, at: now)
    }
    var labels: [String: String] = [:]
    for label in query.all("label") {
      let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw .badRequest("a label is asked for as KEY=VALUE") }
      labels[String(parts[0])] = String(parts[1])
    }
    let profile = query["profile"].map { ProfileName(rawValue: $0) }
    if let profile, profile == nil { return nil }
    return DeviceFilter(
      serial: query["serial"], manufacturer: query["manufacturer"], serialPrefix: query["prefix"],
      kind: query["kind"].flatMap { DeviceRecord.Kind(rawValue: $0) },
      state: query["state"].flatMap { DeviceRecord.State(rawValue: $0) }, profile: profile ?? nil,
      product: query["product"], lot: query["lot"], labels: labels, selection: selection)
  }

  private var addDevice: APIRoute {
    APIRoute(
      method: .post, path: "/devices", operation: "addDevice",
      summary: "Registers a device and makes its one-time secret.", tag: "devices", access: .operators,
      body: .json("NewDevice", required: true), success: .json("Invitation", status: 201),
      handler: .act { context in
        let asked: NewDevice = try context.call.decoded()
        let registration = try DeviceRegistration(asked)
        guard let key = asked.keySHA256 else {
          let act = services.devices.add(
            registration, expiresIn: try Self.span(asked.expiresIn, named: "expires_in"), forMAC: asked.mac ?? false)
          return PreparedAct(act) { try .json(Invitation($0, services.invitations), status: 201) }
        }
        guard asked.expiresIn == nil, asked.mac != true else {
          throw ProblemDetails.badRequest("a known key has no secret")
        }
        guard let hash = Hex.decode(key.lowercased()), hash.count == 32 else {
          throw ProblemDetails.badRequest("key_sha256 is a SHA-256 in hexadecimal: 64 characters")
        }
        return PreparedAct(services.devices.add(registration, keyHash: hash)) {
          try .json(Invitation(known: $0, services.invitations), status: 201)
        }
      })
  }

  private var showDevice: APIRoute {
    APIRoute(
      method: .get, path: "/devices/{serial}", operation: "showDevice",
      summary: "A device, its certificates and its history.", tag: "devices", access: .readers,
      query: [.manufacturer], success: .json("DeviceDetail"),
      handler: .read { context in
        let reference = Self.device(context.call)
        let now = services.administration.now()
        return try .json(
          try await services.read { reader, organization in
            let device = try reference.find(in: organization, of: reader)
            let certificates = try reader.certificates(of: device.id, notExpiredAt: nil, in: organization)
            let history = try reader.auditEntries(
              after: nil, limit: Self.longestHistory, subject: device.auditSubject, in: organization)
            return DeviceDetail(
              device: DeviceItem(device),
              certificates: certificates.map { CertificateItem($0, device: device.serial, at: now) },
              history: try Self.withActsOnMany(history, of: device, reader).map { AuditItem($0) })
          })
      })
  }

  /// Entries of a history; more is found by `GET /audit?subject=`.
  private static let longestHistory = 5000

  /// An act on many has one entry for all of them.
  private static func withActsOnMany(
    _ history: [AuditLogRecord], of device: DeviceRecord, _ reader: any StoreReader
  ) throws -> [AuditLogRecord] {
    let acts = try reader.bulkActs(touching: device.id, in: device.organization)
    let entries = try acts.flatMap { id in
      try reader.auditEntries(after: nil, limit: 1, subject: "act:\(id)", in: device.organization)
    }
    return (history + entries).sorted { $0.index < $1.index }
  }

  static func device(_ call: APICall) -> DeviceReference {
    DeviceReference(serial: call.segment("serial"), manufacturer: call.query["manufacturer"])
  }

  static func span(_ text: String?, named name: String) throws(ProblemDetails) -> Span? {
    guard let text else { return nil }
    guard let span = Span(text) else { throw .badRequest("\(name) is a time such as 90s, 15m, 24h or 7d") }
    return span
  }
}

extension DeviceRegistration {
  /// The schema has checked the kind.
  init(_ asked: NewDevice) throws(ProblemDetails) {
    guard let kind = DeviceRecord.Kind(rawValue: asked.kind ?? DeviceRecord.Kind.device.rawValue) else {
      throw .badRequest("this kind of device is not known")
    }
    self.init(
      serial: asked.serial, profile: asked.profile, manufacturer: asked.manufacturer ?? "", kind: kind,
      product: asked.product, hardwareRevision: asked.hardwareRevision, lot: asked.lot, labels: asked.labels ?? [:])
  }
}

extension APIRoute.Success {
  static func json(_ schema: String, status: Int = 200) -> APIRoute.Success {
    APIRoute.Success(status: status, description: schema, content: .json(.named(schema)))
  }

  static func page(of schema: String) -> APIRoute.Success {
    APIRoute.Success(status: 200, description: "A page of \(schema)", content: .json(APISchemas.page(of: schema)))
  }
}
