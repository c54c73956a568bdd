import ArgumentParser

/// Which serials a grant is for: `FROM..TO`, both included, or a list `A,B,C` of one or more.
package enum GrantSerials: ExpressibleByArgument, Hashable, Sendable {
  case range(from: String, to: String)
  case list([String])

  package init?(argument: String) {
    if let dots = argument.firstRange(of: "..") {
      let (from, to) = (String(argument[..<dots.lowerBound]), String(argument[dots.upperBound...]))
      guard !from.isEmpty, !to.isEmpty, !to.hasPrefix("."), !argument.contains(",") else { return nil }
      self = .range(from: from, to: to)
    } else {
      let listed = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard !listed.contains("") else { return nil }
      self = .list(listed)
    }
  }

  package var from: String? { if case .range(let from, _) = self { from } else { nil } }
  package var to: String? { if case .range(_, let to) = self { to } else { nil } }
  package var listed: [String]? { if case .list(let listed) = self { listed } else { nil } }
  /// One of them, for an example.
  package var first: String? { from ?? listed?.first }
}
