import Foundation

/// A server that runs says that it can do its work.
package enum ServerAnswers: DoctorCheck {
  package static let name = "server-answers"
  package static let severity = Severity.error
  package static let looksAt = "whether the server runs, and says at /readyz that it can do its work"
  package static let fix = "start it: touchmark serve --data DIR; what it is missing stands in its log"

  package static func examine(_ installation: Examination) async -> Verdict {
    let path = installation.path + "/serving.json"
    guard installation.machine.exists(path) else { return .found(.warning, "no server runs on this folder") }
    guard let bytes = FileManager.default.contents(atPath: path),
      let addresses = try? JSONDecoder().decode(ServingAddresses.self, from: bytes)
    else { return .found(.error, "\(path) cannot be read") }
    guard let answer = try? await installation.machine.fetch(addresses.https + "/readyz", posting: nil) else {
      return .found(.error, "nobody answers at \(addresses.https), which a server left behind or holds")
    }
    guard answer.status == 200 else {
      let said = String(decoding: answer.bytes.prefix(200), as: UTF8.self)
      return .found(.error, "the server is not ready: \(said.trimmingCharacters(in: .whitespacesAndNewlines))")
    }
    return .good("it serves at \(addresses.https)")
  }
}
