import KeyCustody
import TestKit
import WireFormats
import touchmark

/// A machine on which everything is as it should be, until a test says otherwise.
struct StubMachine: Machine {
  struct NoAnswer: Error {}

  var files: Set<String> = []
  var modes: [String: Int] = [:]
  var free: Int64 = 100 << 30
  var syncs: [Duration]? = [.microseconds(300)]
  var inMemory = false
  var hardware: Instant?
  var secrets: [String: SecretKind] = ["keys": .passphrase]
  /// By address; what is not here does not answer.
  var answers: [String: Fetched] = [:]

  func exists(_ path: String) -> Bool { files.contains(Self.name(path)) }
  func mode(of path: String) -> Int? { modes[Self.name(path)] ?? 0o700 }
  func names(in path: String) -> [String] { modes.keys.sorted() }
  func room(at path: String) -> (free: Int64, total: Int64)? { (free, 200 << 30) }
  func syncTimes(in path: String) -> [Duration]? { syncs }
  func isInMemory(_ path: String) -> Bool { inMemory }
  func hardwareClock() -> Instant? { hardware }
  func secretKind(of keys: String) -> SecretKind? { secrets[Self.name(keys)] }
  func fetch(_ url: String, posting body: FetchBody?) async throws -> Fetched {
    guard let answer = answers[url] else { throw NoAnswer() }
    return answer
  }

  private static func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
