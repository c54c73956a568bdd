import Foundation

/// A token of SoftHSM in a folder of its own, behind a module that goes wrong when it is told to
/// (Tests/TokenShim/token-shim.c).
public final class SoftToken: Sendable {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public let folder: ScratchFolder
  public let label: String
  public static let pin = "271828"

  public var module: String { folder.path + "/token-shim.so" }
  public var pinFile: String { folder.path + "/pin" }
  public var uri: String { "pkcs11:token=\(label)?module-path=\(module)&pin-source=\(pinFile)" }
  /// For other processes; this one's own is set when a token is made.
  public var environment: [String: String] { ["SOFTHSM2_CONF": folder.path + "/softhsm2.conf"] }

  /// The one file that this process's SoftHSM reads. The environment is changed once, and the file for each token.
  private static let configuration: String = {
    let path = FileManager.default.temporaryDirectory.path + "/touchmark-softhsm-\(UUID().uuidString).conf"
    setenv("SOFTHSM2_CONF", path, 1)
    return path
  }()

  private static let shim: Result<String, any Error> = Result {
    let path = FileManager.default.temporaryDirectory.path + "/touchmark-token-shim-\(UUID().uuidString).so"
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "TokenShim/token-shim.c").path(percentEncoded: false)
    let made = try Finished(
      running: "clang", ["-shared", "-fPIC", "-o", path, source, "-ldl"], environment: Program.environment([:]))
    guard made.status == 0 else { throw Failure(description: made.errors) }
    return path
  }

  public init(label: String = "Issuing") async throws {
    folder = try ScratchFolder()
    self.label = label
    let text = "directories.tokendir = \(folder.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    try folder.write(Array(text.utf8), to: "softhsm2.conf")
    try Data(text.utf8).write(to: URL(filePath: Self.configuration))
    try folder.write(Array((Self.pin + "\n").utf8), to: "pin")
    try FileManager.default.createDirectory(atPath: folder.path + "/tokens", withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: try Self.shim.get(), toPath: module)
    let library = try Self.library()
    try FileManager.default.copyItem(atPath: library, toPath: folder.path + "/softhsm.so")
    try await run(
      "softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "314159", "--pin", Self.pin])
  }

  private static func library() throws -> String {
    let known = ["/usr/lib/softhsm", "/opt/homebrew/lib/softhsm", "/usr/local/lib/softhsm"]
    guard let path = known.map({ $0 + "/libsofthsm2.so" }).first(where: FileManager.default.fileExists(atPath:)) else {
      throw Failure(description: "SoftHSM is not installed: scripts/setup all")
    }
    return URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
  }

  /// Another program on the same tokens, to its end.
  @discardableResult
  public func run(_ program: String, _ arguments: [String]) async throws -> String {
    let environment = Program.environment(environment)
    let finished = try await offloading { try Finished(running: program, arguments, environment: environment) }
    guard finished.status == 0 else { throw Failure(description: "\(program): \(finished.text)\(finished.errors)") }
    return finished.text
  }

  /// Another token beside this one, behind the same module and PIN file, by its URI.
  public func add(_ label: String) async throws -> String {
    try await run(
      "softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "314159", "--pin", Self.pin])
    return "pkcs11:token=\(label)?module-path=\(module)&pin-source=\(pinFile)"
  }

  /// What pkcs11-tool sees of the token's objects, as the user.
  public func objects() async throws -> String {
    try await run(
      "pkcs11-tool",
      ["--module", try Self.library(), "--token-label", label, "--login", "--pin", Self.pin, "--list-objects"])
  }

  /// Tells the module to go wrong, or right again: `removed`, `hang`, `locked`, `final-try`.
  public func fault(_ name: String, _ isOn: Bool) throws {
    if isOn {
      try folder.write([], to: name)
    } else {
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
  }

  /// How often a PIN was shown to the token through the module.
  public var logins: Int { (try? folder.read("logins"))?.count ?? 0 }

  /// Takes the token's directory away, or puts it back.
  public func carry(away: Bool) throws {
    let (here, there) = (folder.path + "/tokens", folder.path + "/drawer")
    if !away { try FileManager.default.removeItem(atPath: here) }
    try FileManager.default.moveItem(atPath: away ? here : there, toPath: away ? there : here)
    if away { try FileManager.default.createDirectory(atPath: here, withIntermediateDirectories: false) }
  }
}
