import Issuance
import Registry
import WireFormats

/// The person at the desk. Each call is one act, and is counted: what an event costs in people is what a report tells.
final class Operator {
  private let world: World
  private(set) var acts = 0
  static let actor = Actor(name: "Operator", role: .administrator, fingerprint: [])

  init(_ world: World) { self.world = world }

  func perform<Outcome>(_ act: AdministrativeAct<Outcome>) async throws -> Outcome {
    acts += 1
    return try await world.serving.administration.perform(act, by: Self.actor, through: .rest)
  }

  func apply(profile text: String) async throws {
    acts += 1
    _ = try await world.serving.profiles.apply(text, named: nil, isDryRun: false, by: Self.actor)
  }

  /// An act that no room offers as a value: a command on the machine itself.
  func command<Outcome>(_ body: () async throws -> Outcome) async throws -> Outcome {
    acts += 1
    return try await body()
  }
}
