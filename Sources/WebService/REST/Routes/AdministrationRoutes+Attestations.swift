import AdministrationAPI
import Appraisal
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  /// What operators see of attestations, and how much may follow from them.
  var attestationRoutes: [APIRoute] {
    [listAttestations, showAttestations, showEvidence] + limitRoutes
  }

  private var listAttestations: APIRoute {
    APIRoute(
      method: .get, path: "/attestations", operation: "listAttestations",
      summary: "What devices' last attestations came to.", tag: "attestation", access: .readers,
      query: QueryParameter.paging + [
        QueryParameter(
          name: "status", kind: .choice(AttestationRecord.Status.allCases.map(\.rawValue)),
          description: "What it came to."),
        QueryParameter(
          name: "overdue", kind: .choice(["true"]), description: "Only devices that should have attested again."),
      ],
      success: .page(of: "Attestation"),
      handler: .read { context in
        let (query, now) = (context.call.query, services.administration.now())
        let status = query["status"].flatMap { AttestationRecord.Status(rawValue: $0) }
        let page = try await services.read { reader, organization in
          let standings = try reader.attestationStandings(
            status: status, overdueAt: query["overdue"] == nil ? nil : now, after: query.cursor, limit: query.limit,
            in: organization)
          return Page(
            items: try standings.items.compactMap { standing in
              try reader.device(standing.device, in: organization).map { AttestationItem(standing, of: $0, at: now) }
            }, next: standings.next)
        }
        return try .json(ItemPage(items: page.items, next: page.next?.rawValue))
      })
  }

  private var showAttestations: APIRoute {
    APIRoute(
      method: .get, path: "/devices/{serial}/attestations", operation: "showAttestations",
      summary: "How a device stands by what it attested, and what is kept of it.", tag: "attestation",
      access: .readers, query: [.manufacturer], success: .json("AttestationDetail"),
      handler: .read { context in
        let (reference, now) = (Self.device(context.call), services.administration.now())
        return try .json(
          try await services.read { reader, organization in
            let device = try reference.find(in: organization, of: reader)
            return AttestationDetail(
              standing: try reader.attestationStanding(of: device.id, in: organization)
                .map { AttestationItem($0, of: device, at: now) },
              tpm: try reader.deviceTPM(of: device.id, in: organization).map { Hex.encode($0.endorsementKeyHash) },
              history: try reader.attestations(of: device.id, limit: Self.longestAttestations, in: organization)
                .map { AttestationEvidenceItem($0, withLog: false) })
          })
      })
  }

  /// As many as are kept of all statuses together.
  private static let longestAttestations = AttestationRecord.kept * AttestationRecord.Status.allCases.count

  private var showEvidence: APIRoute {
    APIRoute(
      method: .get, path: "/attestations/{id}", operation: "showAttestation",
      summary: "One attestation with its evidence.", tag: "attestation", access: .readers,
      success: .json("AttestationEvidence"),
      handler: .read { context in
        let id = AttestationID(rawValue: context.call.segment("id"))
        let found = try await services.read { reader, organization in
          try id.flatMap { try reader.attestation($0, in: organization) }
        }
        guard let found else { throw Refusal(.notFound, "no attestation has this identifier") }
        return try .json(AttestationEvidenceItem(found, withLog: true))
      })
  }

  private var limitRoutes: [APIRoute] {
    [
      APIRoute(
        method: .get, path: "/attestation/limit", operation: "showAttestationLimit",
        summary: "How much of the fleet a policy may suspend, and whether it has stopped to ask.", tag: "attestation",
        access: .readers, success: .json("AttestationLimit"),
        handler: .read { _ in
          try .json(AttestationLimitItem(try await services.read { try $0.attestationLimit(in: $1) }))
        }),
      APIRoute(
        method: .post, path: "/attestation/limit", operation: "setAttestationLimit",
        summary: "Sets how much of the fleet a policy may suspend in an hour.", tag: "attestation",
        access: .administrators, body: .json("AttestationLimitChange", required: true),
        success: .json("AttestationLimit"),
        handler: .act { context in
          let asked: AttestationLimitChange = try context.call.decoded()
          return PreparedAct(LimitService().set(percent: asked.percent)) { try .json(AttestationLimitItem($0)) }
        }),
      APIRoute(
        method: .post, path: "/attestation/resume", operation: "resumeAttestationPolicy",
        summary: "Lets the policy suspend devices again after it has stopped.", tag: "attestation",
        access: .operators, body: .json("StandingReason", required: false), success: .json("AttestationLimit"),
        handler: .act { context in
          let asked: StandingReason = try context.call.decoded()
          return PreparedAct(LimitService().resume(reason: asked.reason)) { try .json(AttestationLimitItem($0)) }
        }),
    ]
  }
}

extension AttestationItem {
  init(_ standing: AttestationStanding, of device: DeviceRecord, at now: Instant) {
    self.init(
      serial: device.serial, manufacturer: device.manufacturer, state: device.state.rawValue,
      attestation: standing.attestation.rawValue, status: standing.status.rawValue, reasons: standing.reasons,
      firmwareVersion: standing.firmwareVersion, appraisedAt: "\(standing.appraisedAt)",
      dueAt: standing.dueAt?.description, overdue: standing.dueAt.map { $0 < now } ?? false)
  }
}

extension AttestationEvidenceItem {
  init(_ record: AttestationRecord, withLog: Bool) {
    self.init(
      id: record.id.rawValue, status: record.status.rawValue, reasons: record.reasons,
      firmwareVersion: record.firmwareVersion, appraisedAt: "\(record.appraisedAt)",
      consequence: record.consequence.rawValue, attestationKey: Base64.encode(record.attestationKey),
      nonce: Base64.encode(record.nonce), attest: Base64.encode(record.attest),
      signature: Base64.encode(record.signature), pcrs: record.registerTexts,
      eventLogSHA256: record.eventLogHash.map { Hex.encode($0) },
      eventLog: withLog ? record.eventLog.map { Base64.encode($0) } : nil, token: record.token)
  }
}

extension AttestationLimitItem {
  init(_ limit: AttestationLimit) {
    self.init(
      percent: limit.percent, stoppedAt: limit.stoppedAt?.description, openedAt: limit.openedAt?.description)
  }
}
