import Credentials
import Foundation
import Issuance
import Registry

/// What `ceremony request` was told and `ceremony install` needs, kept in the folder between the two.
struct CeremonyPlan: Codable {
  var algorithm: String
  var administrator: String
  var adminIdentity: String?
  /// Approvers' documents of the first version, signed notes.
  var approvers: [String]

  private static func path(in folder: InstallationFolder) -> String { folder.ceremony + "/plan.json" }
  private static func configurationPath(in folder: InstallationFolder) -> String { folder.ceremony + "/touchmark.yaml" }

  func write(_ configuration: InstallationConfiguration, in folder: InstallationFolder) throws {
    try FileManager.default.createDirectory(
      atPath: folder.ceremony, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let text = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    try PrivateFile.create(Self.path(in: folder), mode: 0o600, text)
    try PrivateFile.create(Self.configurationPath(in: folder), mode: 0o600, try configuration.text)
  }

  static func load(from folder: InstallationFolder) throws -> (CeremonyPlan, InstallationConfiguration) {
    let octets = try InputFile.bytes(path(in: folder))
    guard let plan = try? JSONDecoder().decode(CeremonyPlan.self, from: Data(octets)) else {
      throw CommandFailure(.refused, "\(path(in: folder)) cannot be read")
    }
    return (plan, try InstallationConfiguration.load(from: configurationPath(in: folder)))
  }

  func founding(
    _ organization: OrganizationRecord, _ configuration: InstallationConfiguration
  ) throws -> FoundingPlan {
    // Their time was checked when they were named.
    let documents = try approvers.map { try FirstApprovers(note: $0, at: organization.createdAt) }
    return FoundingPlan(
      organization: organization, addresses: try configuration.addresses,
      algorithm: FoundingOptions.algorithms.first { $0.rawValue == algorithm } ?? .p256, withLab: configuration.lab,
      at: systemClock(), administrator: administrator, approvers: documents)
  }
}
