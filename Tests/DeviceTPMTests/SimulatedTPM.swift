import DeviceTPM
import Foundation
import TestKit

/// A software TPM of its own, manufactured and running: swtpm, with endorsement certificates by a CA of its own.
final class SimulatedTPM: @unchecked Sendable {
  /// What swtpm, or the tool that manufactures it, said.
  struct NotStarted: Error {
    let description: String
  }

  let bench: Workbench
  let port: Int
  // Written by one test only.
  private var child: Child?

  var configuration: String { "swtpm:host=127.0.0.1,port=\(port)" }
  var tpm: TPM { TPM(configuration) }

  /// - Parameter hasCertificates: Whether it is manufactured with endorsement certificates, which takes some seconds.
  init(hasCertificates: Bool = false) async throws {
    let bench = try Workbench()
    self.bench = bench
    port = Self.pair()
    let folder = bench.folder.path
    for each in ["state", "ca"] {
      try FileManager.default.createDirectory(atPath: folder + "/" + each, withIntermediateDirectories: true)
    }
    let files = [
      "setup.conf":
        "create_certs_tool = swtpm_localca\ncreate_certs_tool_config = \(folder)/ca.conf\n"
        + "create_certs_tool_options = \(folder)/ca.options\n",
      "ca.conf":
        "statedir = \(folder)/ca\nsigningkey = \(folder)/ca/key.pem\nissuercert = \(folder)/ca/cert.pem\n"
        + "certserial = \(folder)/ca/serial\n",
      "ca.options": "--platform-manufacturer Example\n--platform-version 1\n--platform-model Test\n",
    ]
    for (name, text) in files { try bench.write(Array(text.utf8), to: name) }
    let certificates = hasCertificates ? ["--create-ek-cert"] : []
    let made = try await offloading {
      try bench.run(
        ["swtpm_setup", "--tpm2", "--tpmstate", "state", "--config", "setup.conf", "--overwrite"] + certificates)
    }
    guard made.status == 0 else { throw NotStarted(description: made.text) }
    try await start()
  }

  deinit {
    child?.signal(SIGKILL)
    child?.wait(seconds: 5)
  }

  /// Two ports that follow each other: the second is the control channel's, where tss2 expects it.
  private static func pair() -> Int {
    while true {
      let port = FreePort.find(1)[0]
      if FreePort.isFree(port + 1) { return port }
    }
  }

  /// - Parameter isStarted: Whether TPM2_Startup is sent for us, as firmware does it.
  func start(isStarted: Bool = true) async throws {
    let flags = isStarted ? "not-need-init,startup-clear" : "not-need-init"
    child = try Child(
      "swtpm",
      [
        "socket", "--tpm2", "--tpmstate", "dir=\(bench.folder.path)/state", "--server", "type=tcp,port=\(port)",
        "--ctrl", "type=tcp,port=\(port + 1)", "--flags", flags,
      ], streams: .init(output: bench.folder.path + "/log", errors: bench.folder.path + "/log"))
    for _ in 0..<200 {
      if (try? await tpm.readPCRs(PCRSelection([0]))) != nil { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw NotStarted(description: (try? String(decoding: bench.read("log"), as: UTF8.self)) ?? "no log")
  }

  /// Power off.
  func stop() async throws {
    child?.signal(SIGTERM)
    try await child?.ended(seconds: 10)
  }

  /// A program of tpm2-tools on this TPM.
  func tool(_ arguments: String...) async throws -> Workbench.Outcome {
    let (bench, configuration) = (bench, configuration)
    return try await offloading { try bench.run(arguments + ["-T", configuration]) }
  }
}
