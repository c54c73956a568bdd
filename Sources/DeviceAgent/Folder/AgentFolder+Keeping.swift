import Credentials
import DeviceClient
import WireFormats

extension AgentFolder {
  /// Makes the folder and what a first request needs; nothing of it is a secret of ours but `secret`, which is used up.
  public func begin(_ settings: AgentSettings, roots: [Certificate], secret: String) throws(AgentFailure) {
    try DurableFile.makeFolder(path)
    try DurableFile.makeFolder(file("identities"))
    try keepTrust(roots, bundle: 0)
    try give(secret, settings)
  }

  /// A secret, the first or another one, with what it is for.
  public func give(_ secret: String, _ settings: AgentSettings) throws(AgentFailure) {
    if isThere {
      let held = try load().settings.keys
      guard settings.keys.continues(held) else {
        throw AgentFailure(
          .exists, "the device's keys in \(path) live in \(held.name), and cannot be found from \(settings.keys.name)",
          hint: "move the folder away, and enroll into a new one")
      }
    }
    try DurableFile.replace(file("secret"), with: Array(secret.utf8))
    KillPoint.pass("begun")
    // Last: with this file the folder counts as begun.
    try DurableFile.replace(file("agent.json"), with: settings.octets)
  }

  /// Makes a memory durable. Each step leaves a state from which `load` goes on, and the old identity is in its place
  /// until the new one is.
  public func keep(_ memory: DeviceMemory) throws(AgentFailure) {
    let held = try load().memory
    if held.roots != memory.roots || held.bundle != memory.bundle {
      try keepTrust(memory.roots, bundle: memory.bundle)
      KillPoint.pass("trust-kept")
    }
    if let pending = memory.pendingKey, pending.publicKey != held.pendingKey?.publicKey {
      try keep(pending: pending, beside: memory.identity)
      KillPoint.pass("pending-kept")
    }
    if let identity = memory.identity, identity.certificate != held.identity?.certificate {
      try keep(identity, renewAt: memory.renewAt)
    }
    try clean(after: memory)
  }

  /// A key that goes on lies beside its certificate already; what is kept is that this certificate is being renewed.
  private func keep(pending: any DeviceKey, beside identity: DeviceMemory.Identity?) throws(AgentFailure) {
    if let identity, pending.publicKey == identity.key.publicKey {
      return try DurableFile.replace(renewingFile, with: Self.mark(identity.certificate))
    }
    try DurableFile.replace(file("pending.pem"), with: Array(pending.storedForm.text.utf8))
  }

  private var renewingFile: String { file("renewing") }

  private static func mark(_ certificate: Certificate) -> [UInt8] {
    Array((Hex.encode(certificate.fingerprint) + "\n").utf8)
  }

  /// Whether this certificate's renewal, with its own key, has no answer yet.
  func isRenewing(_ certificate: Certificate) throws(AgentFailure) -> Bool {
    try DurableFile.read(renewingFile, limit: 4096) == Self.mark(certificate)
  }

  private func keepTrust(_ roots: [Certificate], bundle: Int64) throws(AgentFailure) {
    let text = "bundle: \(bundle)\n" + roots.map(Self.pem).joined()
    try DurableFile.replace(trustFile, with: Array(text.utf8), mode: 0o644)
  }

  private func keep(_ identity: DeviceMemory.Identity, renewAt: Instant?) throws(AgentFailure) {
    let old = DurableFile.target(of: currentFolder)
    let number = (DurableFile.names(in: file("identities")).compactMap { Int($0) }.max() ?? 0) + 1
    let folder = file("identities/\(number)")
    try DurableFile.makeFolder(folder)
    KillPoint.pass("identity-begun")
    let (own, chain) = (Self.pem(identity.certificate), identity.chain.map(Self.pem).joined())
    let renewal: JSONValue = [
      "renew_at": renewAt.map { .string($0.description) } ?? .null, "home": .string(identity.key.home),
    ]
    try DurableFile.replace("\(folder)/key.pem", with: Array(identity.key.storedForm.text.utf8))
    try DurableFile.replace("\(folder)/cert.pem", with: Array(own.utf8), mode: 0o644)
    try DurableFile.replace("\(folder)/chain.pem", with: Array(chain.utf8), mode: 0o644)
    try DurableFile.replace("\(folder)/fullchain.pem", with: Array((own + chain).utf8), mode: 0o644)
    try DurableFile.replace("\(folder)/renewal.json", with: Array(renewal.written().utf8))
    KillPoint.pass("identity-written")
    if let old { try DurableFile.point(file("previous"), to: old) }
    KillPoint.pass("previous-pointed")
    try DurableFile.point(currentFolder, to: "identities/\(number)")
    KillPoint.pass("identity-pointed")
  }

  /// What is no longer needed goes last, and never before what takes its place is durable. The pending key goes after the
  /// secret: while it is there, a secret beside it counts as used.
  private func clean(after memory: DeviceMemory) throws(AgentFailure) {
    if memory.secret == nil { try DurableFile.remove(file("secret")) }
    KillPoint.pass("secret-removed")
    if memory.pendingKey == nil {
      try DurableFile.remove(file("pending.pem"))
      try DurableFile.remove(renewingFile)
    }
    KillPoint.pass("pending-removed")
    let used = [DurableFile.target(of: currentFolder), DurableFile.target(of: file("previous"))]
    for name in DurableFile.names(in: file("identities")) where !used.contains("identities/\(name)") {
      DurableFile.removeFolder(file("identities/\(name)"))
      KillPoint.pass("older-removed")
    }
  }

  /// Finishes what a crash interrupted: an identity that was kept, with the request's key still lying there.
  public func finish() throws(AgentFailure) { try keep(try load().memory) }

  static func pem(_ certificate: Certificate) -> String {
    PEM(label: "CERTIFICATE", bytes: certificate.encoded).text
  }
}
