import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  var importManifest: APIRoute {
    APIRoute(
      method: .post, path: "/devices/manifest", operation: "importManifest",
      summary: "Registers a secure-element maker's devices with the keys that its signed manifest vouches for.",
      tag: "devices", access: .operators, body: .json("ManifestBatch", required: true),
      success: .json("ImportResult"),
      handler: .act { context in
        let asked: ManifestBatch = try context.call.decoded()
        let lines = asked.entries.enumerated().map { offset, entry in
          ManifestLine(
            number: asked.first + offset,
            element: SignedSecureElement(
              payload: entry.payload, protected: entry.protected, signature: entry.signature))
        }
        let terms = ManifestTerms(
          profile: asked.profile, manufacturer: asked.manufacturer, key: asked.key ?? "0", lot: asked.lot)
        let act = services.devices.importing(lines, from: try Self.signers(asked.signers), under: terms)
        return PreparedAct(act) { try .json(ImportResult($0)) }
      })
  }

  private static func signers(_ text: String) throws(ProblemDetails) -> ManifestSigners {
    let blocks = (PEM.parse(text) ?? []).filter { $0.label == "CERTIFICATE" }
    do { return try ManifestSigners(blocks.map(\.bytes)) } catch { throw .badRequest(error.reason) }
  }
}

extension ImportResult {
  init(_ outcome: DeviceImportOutcome) {
    self.init(
      added: outcome.added, unchanged: outcome.unchanged,
      refused: outcome.refused.map { RefusedLine(line: $0.number, reason: $0.reason) })
  }
}
