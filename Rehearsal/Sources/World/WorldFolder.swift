import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import WireFormats

/// Where an installation under rehearsal lies, and how its sealed keys are opened.
struct WorldFolder: Sendable {
  enum Custody: String, Sendable {
    case root, successor
    case online = "keys"
  }

  let path: String
  let organization: OrganizationID

  static let addresses = Addresses(publicHTTP: "http://pki.example.com", isDemonstration: false)
  static let host = GeneralName.dnsName("localhost")
  static let hosts: [GeneralName] = [host, .ipAddress([127, 0, 0, 1])]

  var database: String { path + "/touchmark.sqlite" }

  func create(_ custody: Custody) throws -> SealedKeyStore {
    try SealedKeyStore.create(
      directory: path + "/" + custody.rawValue, organization: organization.rawValue, secret: Self.secret)
  }

  func open(_ custody: Custody) throws -> SealedKeyStore {
    try SealedKeyStore.open(
      directory: path + "/" + custody.rawValue, organization: organization.rawValue, secret: Self.secret)
  }

  /// Of a world that lives for minutes and holds nothing.
  static var secret: UnsealingSecret {
    .machineLocal(SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
