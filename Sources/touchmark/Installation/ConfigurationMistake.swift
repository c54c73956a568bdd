import Yams

/// What is wrong in `touchmark.yaml`, in one line with its place where that is known.
enum ConfigurationMistake {
  static func words(_ error: any Error) -> String {
    switch error {
    case let error as YamlError: words(error)
    case DecodingError.dataCorrupted(let context): corrupted(context)
    case DecodingError.keyNotFound(let key, let context): "'\(path(context.codingPath + [key]))' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "'\(path(context.codingPath))' has a value of another kind"
    default: "\(error)"
    }
  }

  private static func words(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): \(problem)"
    case .duplicatedKeysInMapping(let duplicates, let context):
      "line \(context.mark.line), column \(context.mark.column): "
        + "\(duplicates.map { "'\($0)'" }.joined(separator: ", ")) stands twice"
    default: "it is not YAML"
    }
  }

  private static func corrupted(_ context: DecodingError.Context) -> String {
    if let error = context.underlyingError as? YamlError { return words(error) }
    return context.codingPath.isEmpty
      ? "it is not YAML" : "'\(path(context.codingPath))': \(context.debugDescription)"
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }
}
