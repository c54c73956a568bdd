import Registry
import WireFormats

/// Holds the simulator's truth against store and log, once all is over. It believes neither.
struct Audit {
  let world: World
  let fleet: Fleet
  let grants: [RehearsedGrant]

  /// No more of one kind are told.
  static let mostFindings = 20

  /// Empty when no device is lost and nothing is wrong.
  func findings() async throws -> [Finding] {
    try await devices() + serials() + quotas() + log()
  }
}
