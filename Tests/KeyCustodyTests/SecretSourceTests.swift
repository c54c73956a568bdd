import Foundation
import KeyCustody
import TestKit
import Testing

@Suite struct SecretSourceTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func creation(_ environment: [String: String], isTerminal: Bool = false, role: SecretRole = .online)
    -> SecretSource
  {
    .forCreation(role, directory: folder.path, environment: environment, isTerminal: isTerminal)
  }

  @Test func order() throws {
    try folder.write(Array("x".utf8), to: "touchmark-passphrase")
    let file = ["TOUCHMARK_PASSPHRASE_FILE": "/run/secret", "CREDENTIALS_DIRECTORY": folder.path]
    #expect(
      creation(file, isTerminal: true) == .passphraseFile(path: "/run/secret", variable: "TOUCHMARK_PASSPHRASE_FILE"))
    let credential = ["CREDENTIALS_DIRECTORY": folder.path]
    #expect(creation(credential, isTerminal: true) == .credential(path: "\(folder.path)/touchmark-passphrase"))
    #expect(creation([:], isTerminal: true) == .terminal(noun: "the online keys"))
    #expect(creation([:]) == .machineLocal(path: "\(folder.path)/machine-secret"))
    #expect(creation(["TOUCHMARK_PASSPHRASE_FILE": ""]) == .machineLocal(path: "\(folder.path)/machine-secret"))
  }

  /// What opens the online keys opens no root.
  @Test func rolesShareNothing() throws {
    try folder.write(Array("x".utf8), to: "touchmark-passphrase")
    let environment = ["TOUCHMARK_PASSPHRASE_FILE": "/run/secret", "CREDENTIALS_DIRECTORY": folder.path]
    #expect(creation(environment, role: .root) == .machineLocal(path: "\(folder.path)/root-machine-secret"))
    #expect(creation(environment, role: .successor) == .machineLocal(path: "\(folder.path)/successor-machine-secret"))
  }

  @Test func openingAsksTheHeader() throws {
    let machine = try SampleStore(secret: .machineLocal(SecretBytes.random(count: 32)))
    let source = try SecretSource.forOpening(
      .online, store: machine.directory, directory: "/d", environment: ["TOUCHMARK_PASSPHRASE_FILE": "/p"],
      isTerminal: true)
    #expect(source == .machineLocal(path: "/d/machine-secret"))
    let typed = try SampleStore()
    func opening(_ environment: [String: String], _ isTerminal: Bool) throws -> SecretSource {
      try .forOpening(
        .online, store: typed.directory, directory: "/d", environment: environment, isTerminal: isTerminal)
    }
    #expect(try opening([:], true) == .terminal(noun: "the online keys"))
    #expect(try opening(["TOUCHMARK_PASSPHRASE_FILE": "/p"], true).kind == .passphrase)
    #expect(throws: CustodyError.noSecretSource(variable: "TOUCHMARK_PASSPHRASE_FILE")) { try opening([:], false) }
  }

  @Test(arguments: [
    ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret\n"),
    (" sec ret ", " sec ret "), ("secret\r", "secret\r"),
  ])
  func passphraseFiles(_ content: String, _ passphrase: String) throws {
    try folder.write(Array(content.utf8), to: "passphrase")
    let source = SecretSource.passphraseFile(path: "\(folder.path)/passphrase", variable: "V")
    guard case .passphrase(let secret) = try source.obtain(creating: false) else {
      Issue.record("not a passphrase")
      return
    }
    #expect(secret == SecretBytes(copying: Array(passphrase.utf8)))
  }

  @Test func aShortOneOpensAndSealsNothing() throws {
    let source = SecretSource.passphraseFile(path: "\(folder.path)/passphrase", variable: "V")
    try folder.write(Array("eleven char".utf8), to: "passphrase")
    _ = try source.obtain(creating: false)
    #expect(throws: CustodyError.shortPassphrase(octets: 11, least: 12)) { try source.obtain(creating: true) }
    try folder.write(Array("twelve chars\n".utf8), to: "passphrase")
    _ = try source.obtain(creating: true)
  }

  @Test func badPassphraseFiles() throws {
    let path = "\(folder.path)/passphrase"
    let source = SecretSource.passphraseFile(path: path, variable: "V")
    #expect(throws: CustodyError.fileFailed(path: path, reason: "no such file")) { try source.obtain(creating: false) }
    for content in ["", "\n", "\r\n"] {
      try folder.write(Array(content.utf8), to: "passphrase")
      #expect(throws: CustodyError.emptySecret(source: path)) { try source.obtain(creating: false) }
    }
    try folder.write([UInt8](repeating: 0x61, count: 4097), to: "passphrase")
    #expect(throws: CustodyError.tooLarge(path: path)) { try source.obtain(creating: false) }
  }

  @Test func machineSecretIsMadeOnce() async throws {
    let source = SecretSource.machineLocal(path: "\(folder.path)/machine-secret")
    #expect(throws: CustodyError.fileFailed(path: "\(folder.path)/machine-secret", reason: "no such file")) {
      try source.obtain(creating: false)
    }
    guard case .machineLocal(let first) = try await source.obtained(creating: true),
      case .machineLocal(let second) = try source.obtain(creating: true),
      case .machineLocal(let third) = try source.obtain(creating: false)
    else {
      Issue.record("not machine-local")
      return
    }
    #expect(first.count == 32 && first == second && second == third)
    #expect(try folder.mode(of: "machine-secret") == 0o600)
    try folder.setMode(0o644, of: "machine-secret")
    #expect(throws: CustodyError.permissionsTooWide(path: "\(folder.path)/machine-secret", mode: 0o644)) {
      try source.obtain(creating: false)
    }
  }

  @Test func damagedMachineSecret() throws {
    let path = "\(folder.path)/machine-secret"
    try folder.write([UInt8](repeating: 1, count: 31), to: "machine-secret")
    #expect(throws: CustodyError.truncated(path: path)) {
      try SecretSource.machineLocal(path: path).obtain(creating: true)
    }
    try folder.write([UInt8](repeating: 1, count: 33), to: "machine-secret")
    #expect(throws: CustodyError.tooLarge(path: path)) {
      try SecretSource.machineLocal(path: path).obtain(creating: true)
    }
  }

  @Test func explanationsSayTheDifference() {
    #expect(SecretSource.machineLocal(path: "/d/machine-secret").explanation.contains("whoever can read this disk"))
    #expect(SecretSource.terminal(noun: "x").explanation.contains("typed"))
    #expect(SecretSource.credential(path: "/c").explanation.contains("/c"))
    #expect(SecretSource.passphraseFile(path: "/p", variable: "V").explanation.contains("/p (V)"))
  }
}
