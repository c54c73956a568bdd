import WireFormats

/// Learns whether the store can be written.
public protocol ProbeWriting {
  /// Writes as much as an enrollment does, over what the last probe wrote.
  func probe(at instant: Instant, in organization: OrganizationID) throws
}
