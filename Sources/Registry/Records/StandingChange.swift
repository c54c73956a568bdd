import Credentials
import WireFormats

/// A change that caches of standing must follow, numbered in the order of commits.
public struct StandingChange: Hashable, Sendable {
  /// What changed. Whoever follows reads the record again; the change says nothing about its content.
  public enum Subject: Hashable, Sendable {
    case certificate(AuthorityID, SerialNumber)
    case device(DeviceID)
    case authority(AuthorityID)
    case profile(ProfileName)
    case administrators
    case trustAnchors
    case grant(GrantName)
    /// A new list was published.
    case revocationList(AuthorityID)
  }

  /// Grows without end; gaps can occur, order cannot change.
  public var sequence: Int64
  public var subject: Subject

  public init(sequence: Int64, subject: Subject) {
    self.sequence = sequence
    self.subject = subject
  }
}
