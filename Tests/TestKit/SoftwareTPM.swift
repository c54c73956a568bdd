import Foundation

/// A real software TPM (swtpm), with endorsement certificates by a CA of its own and tpm2-tools as its client.
public final class SoftwareTPM: Sendable {
  public enum Kind: String, Sendable {
    case rsa, ecc

    /// Where swtpm_setup puts the endorsement key.
    public var handle: String { self == .rsa ? "0x81010001" : "0x81010016" }
    /// Where its certificate is (TCG EK Credential Profile §2.2.1.4; 0x01C00016 is the high range's P-384).
    var certificateIndex: String { self == .rsa ? "0x01C00002" : "0x01C00016" }
  }

  /// A tool or the TPM said no.
  public struct Refused: Error, CustomStringConvertible {
    public let description: String
  }

  public let folder: TemporaryFolder
  private let child: Child
  private let environment: [String: String]
  /// As tss2 takes it. One program at a time speaks with swtpm.
  public let configuration: String

  /// Makes it and powers it on. Blocks for a second or two.
  public init() throws {
    folder = try TemporaryFolder()
    try Self.manufacture(in: folder)
    let ports = try Self.neighbors()
    child = try Child(
      "swtpm",
      [
        "socket", "--tpm2", "--tpmstate", "dir=\(folder.path)/state", "--server",
        "type=tcp,port=\(ports.0),bindaddr=127.0.0.1", "--ctrl", "type=tcp,port=\(ports.1),bindaddr=127.0.0.1",
        "--flags", "not-need-init,startup-clear",
      ])
    configuration = "swtpm:host=127.0.0.1,port=\(ports.0)"
    environment = Program.environment(["TPM2TOOLS_TCTI": configuration, "TPM2OPENSSL_TCTI": configuration])
    for _ in 0..<200 {
      if (try? run("getcap", "properties-fixed")) != nil { return }
      usleep(20_000)
    }
    throw Refused(description: "swtpm does not answer")
  }

  deinit {
    child.signal(SIGTERM)
    child.wait(seconds: 5)
    folder.remove()
  }

  /// tpm2-tools wants the control port right above the other.
  private static func neighbors() throws -> (Int, Int) {
    for _ in 0..<50 {
      let ports = FreePort.find(40).sorted()
      for (lower, upper) in zip(ports, ports.dropFirst()) where upper == lower + 1 { return (lower, upper) }
    }
    throw Refused(description: "no two ports beside each other are free")
  }

  private static func manufacture(in folder: TemporaryFolder) throws {
    let path = folder.path
    for name in ["state", "authority"] {
      try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }
    let authority = path + "/authority"
    try folder.write(
      "localca.conf",
      "statedir=\(authority)\nsigningkey=\(authority)/key.pem\nissuercert=\(authority)/issuer.pem\n"
        + "certserial=\(authority)/serial\n")
    try folder.write(
      "options", "--platform-manufacturer Touchmark\n--platform-version 1\n--platform-model Gateway\n")
    try folder.write(
      "setup.conf",
      "create_certs_tool=/usr/bin/swtpm_localca\ncreate_certs_tool_config=\(path)/localca.conf\n"
        + "create_certs_tool_options=\(path)/options\n")
    let made = try Finished(
      running: "swtpm_setup",
      [
        "--tpm2", "--tpmstate", path + "/state", "--create-ek-cert", "--config", path + "/setup.conf", "--pcr-banks",
        "sha1,sha256,sha384", "--logfile", path + "/setup.log",
      ], seconds: 60)
    guard made.status == 0 else { throw Refused(description: "swtpm_setup: \(folder.text("setup.log") ?? "")") }
  }

  /// Runs `tpm2_TOOL` in the folder; its objects are flushed afterwards, as a TPM has room for three.
  @discardableResult
  public func run(_ tool: String, _ arguments: String...) throws -> String { try run(tool, arguments) }

  @discardableResult
  func run(_ tool: String, _ arguments: [String]) throws -> String {
    let finished = try Finished(
      running: "tpm2_" + tool, arguments, environment: environment, in: folder.path, seconds: 60)
    _ = try Finished(running: "tpm2_flushcontext", ["-t"], environment: environment, seconds: 60)
    guard finished.status == 0 else { throw Refused(description: "tpm2_\(tool): \(finished.errors)") }
    return finished.text
  }

  /// A PKCS#10 request in PEM that the key at a handle signed: openssl with the provider for TPMs.
  public func request(_ handle: String, subject: String) throws -> String {
    let finished = try Finished(
      running: "openssl",
      ["req", "-provider", "tpm2", "-provider", "default", "-new", "-key", "handle:" + handle, "-subj", subject],
      environment: environment, seconds: 60)
    guard finished.status == 0 else { throw Refused(description: "openssl req: \(finished.errors)") }
    return finished.text
  }

  /// openssl with the provider for TPMs.
  public func openssl(_ arguments: String...) throws -> String {
    let tool = arguments.prefix(1) + ["-provider", "tpm2", "-provider", "default"] + arguments.dropFirst()
    let finished = try Finished(
      running: "openssl", Array(tool), environment: environment, in: folder.path, seconds: 60)
    guard finished.status == 0 else { throw Refused(description: "openssl \(arguments): \(finished.errors)") }
    return finished.text
  }

  public func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
  }

  public func write(_ name: String, _ octets: [UInt8]) throws {
    try Data(octets).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  /// The CA's certificates as PEM files: its root, and the one that issues.
  public var manufacturer: (root: String, issuer: String) {
    (folder.path + "/authority/swtpm-localca-rootca-cert.pem", folder.path + "/authority/issuer.pem")
  }

  /// DER.
  public func endorsementCertificate(_ kind: Kind) throws -> [UInt8] {
    try run("nvread", kind.certificateIndex, "-o", "ek.der")
    return try read("ek.der")
  }

  /// TPM2B_PUBLIC.
  public func endorsementKey(_ kind: Kind) throws -> [UInt8] {
    try run("readpublic", "-c", kind.handle, "-f", "tss", "-o", "ek.pub")
    return try read("ek.pub")
  }

  /// Makes an attestation key under the endorsement key, and keeps it at a handle. TPM2B_PUBLIC.
  public func attestationKey(_ kind: Kind, under endorsement: Kind, at handle: String) throws -> [UInt8] {
    try run(
      "createak", "-C", endorsement.handle, "-G", kind.rawValue, "-g", "sha256", "-s",
      kind == .rsa ? "rsassa" : "ecdsa", "-c", "ak.ctx", "-u", "ak.pub")
    try run("evictcontrol", "-C", "o", "-c", "ak.ctx", handle)
    return try read("ak.pub")
  }

  /// Makes a key that signs, and keeps it at a handle. TPM2B_PUBLIC.
  public func key(
    at handle: String, attributes: String = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign"
  ) throws -> [UInt8] {
    try run("createprimary", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", "primary.ctx")
    try run(
      "create", "-C", "primary.ctx", "-G", "ecc", "-g", "sha256", "-u", "key.pub", "-r", "key.priv", "-a", attributes)
    try run("load", "-C", "primary.ctx", "-u", "key.pub", "-r", "key.priv", "-c", "key.ctx")
    try run("evictcontrol", "-C", "o", "-c", "key.ctx", handle)
    return try read("key.pub")
  }
}
