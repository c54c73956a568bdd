import Yams

/// A profile's YAML before the server sees it.
package enum ProfileDocument {
  /// The server validates the document; here only its name is looked for, since the address has it.
  package static func name(in document: String, file: String) throws(CommandFailure) -> String {
    let node: Node?
    do {
      node = try Yams.compose(yaml: document)
    } catch {
      throw CommandFailure(.refused, "\(file) is not YAML: \(error)")
    }
    guard let name = node?.mapping?["name"]?.string, !name.isEmpty else {
      throw CommandFailure(.refused, "\(file) names no profile", hint: "it begins with a line like name: pump")
    }
    return name
  }

  /// Whether a request under this profile may name hosts; where it may not, asking would be refused.
  package static func honorsHosts(_ document: String) -> Bool {
    let honored = (try? Yams.compose(yaml: document))?.mapping?["honor"]?.sequence?.compactMap(\.string) ?? []
    return honored.contains { $0 == "subject-alternative-names" || $0 == "subject-alternative-names.dns" }
  }
}
