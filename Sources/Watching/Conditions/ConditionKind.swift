/// What is watched for. The names stand in configuration, notifications and metrics.
public enum ConditionKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// Certificates end soon and have no successor.
  case expiring
  /// One identity shows two keys.
  case clone
  /// More refusals than usual.
  case refusals
  /// An authority's CRL is late, or ends soon.
  case crl
  /// An authority's certificate ends.
  case authority
  /// Little room where the store lies.
  case disk
  /// The checkpoint sink does not take checkpoints.
  case sink
  /// Devices fail their attestation, and are in service all the same.
  case attestation
  /// A policy has suspended its share of the fleet, and asks.
  case suspensions
}
