import AdministrationAPI
import Issuance
import Registry

extension AdministrationRoutes {
  /// Lines of one transaction: others' requests come between.
  private static let linesTogether = 1000

  var importDevices: APIRoute {
    APIRoute(
      method: .post, path: "/devices/import", operation: "importDevices",
      summary: "Registers many devices, without secrets. Running it again is harmless.", tag: "devices",
      access: .operators, body: .text(["application/jsonl", "text/csv"], bound: .importing),
      success: .json("ImportResult"),
      handler: .effect(act: "device.import") { context in
        let file = context.call.isCSV ? try DeviceFile(csv: context.call.body) : DeviceFile(jsonl: context.call.body)
        var outcome = DeviceImportOutcome()
        var rest = file.lines[...]
        while !rest.isEmpty {
          let part = try await services.administration.perform(
            services.devices.importing(Array(rest.prefix(Self.linesTogether))), by: context.actor, through: .rest)
          outcome.added += part.added
          outcome.unchanged += part.unchanged
          outcome.refused += part.refused
          rest = rest.dropFirst(Self.linesTogether)
        }
        let refused = file.refused + outcome.refused.map { RefusedLine(line: $0.number, reason: $0.reason) }
        return try .json(
          ImportResult(
            added: outcome.added, unchanged: outcome.unchanged, refused: refused.sorted { $0.line < $1.line }))
      })
  }
}
