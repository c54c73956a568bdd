/// Why an entry of a manifest is not believed, in words for whoever imports it.
public struct ManifestError: Error, Hashable, Sendable {
  public let reason: String

  init(_ reason: String) { self.reason = reason }
}
