import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import WireFormats

/// Makes an installation in a folder of its own and moves it into place at the end, so that a crash in between leaves
/// nothing that looks like an installation.
struct Founder {
  let folder: InstallationFolder
  let options: FoundingOptions
  let listen: ListenOptions
  let isDemonstrationFleet: Bool

  func found() async throws {
    guard let organization = options.organization else {
      throw CommandFailure(.usage, "the organization is missing", hint: "touchmark init --data DIR --organization NAME")
    }
    try checkFolder()
    try checkAddress()
    let continued = try options.continuing.authority()
    let approvers = try options.firstApprovers()
    let tokens = try await FoundingTokens(options)
    defer { tokens.stop() }
    let work = InstallationFolder(path: folder.path + ".making-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.removeItem(atPath: work.path)
    defer { try? FileManager.default.removeItem(atPath: work.path) }
    try makeFolder(work.path)
    var random = SystemRandomNumberGenerator()
    let record = OrganizationRecord(
      id: approvers.first?.organization ?? OrganizationID(random: &random), name: organization,
      createdAt: systemClock(),
      auditEpoch: 1)
    let configuration = configuration(record)
    try await found(
      record, configuration: configuration, continuing: continued, approvers: approvers, tokens: tokens, in: work)
    try moveIntoPlace(work)
    announce(configuration)
    tokens.announce()
    if let continued { options.continuing.announce(continued, in: folder) }
  }

  func checkFolder() throws(CommandFailure) {
    if folder.isFounded {
      throw CommandFailure(
        .conflict, "\(folder.path) holds an installation already, and init never writes over one",
        hint: "touchmark serve --data \(folder.path)")
    }
    let content = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard content.isEmpty else {
      throw CommandFailure(.conflict, "\(folder.path) is not empty", hint: "name a folder that does not exist yet")
    }
    for path in [identity.certificate, identity.key] where FileManager.default.fileExists(atPath: path) {
      throw CommandFailure(.conflict, "\(path) exists already", hint: "name another with --admin-identity PATH")
    }
  }

  /// Without a public address the plain port's stands in every certificate.
  private func checkAddress() throws(CommandFailure) {
    guard options.publicHTTP == nil, let listened = listen.listenHTTP,
      try ListenAddress.endpoint(listened).port == 0
    else { return }
    throw CommandFailure(
      .usage, "certificates would name port 0 for ever", hint: "name a port in --listen-http, or --public-http URL")
  }

  func makeFolder(_ path: String) throws(CommandFailure) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CommandFailure(.refused, "\(path) cannot be made: \(error.localizedDescription)")
    }
  }

  func configuration(_ record: OrganizationRecord) -> InstallationConfiguration {
    var address = options.publicHTTP
    if let text = address, text.hasSuffix("/") { address = String(text.dropLast()) }
    var made = InstallationConfiguration(
      organization: record.name, organizationID: record.id.rawValue, hosts: options.host, publicHTTP: address,
      listenHTTPS: listen.listenHTTPS ?? ListenAddress.https, listenHTTP: listen.listenHTTP ?? ListenAddress.http,
      lab: options.lab || isDemonstrationFleet, limits: nil)
    made.tokens = options.keys.map { [$0] }
    return made
  }

  private func found(
    _ record: OrganizationRecord, configuration: InstallationConfiguration, continuing: ContinuedAuthority?,
    approvers: [FirstApprovers], tokens: FoundingTokens, in work: InstallationFolder
  ) async throws {
    let successor = try await sealed(.successor, work.successorKeys, work, record)
    let keys = FoundingKeys(
      root: tokens.root == nil ? try await sealed(.root, work.rootKeys, work, record) : successor,
      successor: successor, online: try await sealed(.online, work.onlineKeys, work, record),
      issuing: tokens.issuing, rootToken: tokens.root)
    let store = try SQLiteStore(path: work.database)
    let plan = FoundingPlan(
      organization: record, addresses: try configuration.addresses,
      algorithm: FoundingOptions.algorithms.first { $0.rawValue == options.algorithm } ?? .p256,
      withLab: configuration.lab, at: systemClock(), administrator: options.administrator,
      continuing: continuing, approvers: approvers)
    let founded = try await Founding(plan: plan, keys: keys).found(in: store)
    await store.close()
    try FoundedFiles(folder: work, identityPath: options.adminIdentity).write(founded)
    try PrivateFile.create(work.configuration, mode: 0o600, try configuration.text)
  }

  func sealed(
    _ role: SecretRole, _ directory: String, _ work: InstallationFolder, _ record: OrganizationRecord
  ) async throws -> SealedKeyStore {
    let source = SecretSource.forCreation(
      role, directory: work.path, environment: ProcessInfo.processInfo.environment,
      isTerminal: SecretSource.hasTerminal && !isDemonstrationFleet)
    if role != .online, source.kind == .machineLocal,
      ProcessInfo.processInfo.environment[SecretRole.online.variable] != nil
    {
      StandardError.hint("\(role.noun) has a passphrase of its own: name its file with \(role.variable)")
    }
    StandardError.say("\(role.noun): \(source.moved(from: work.path, to: folder.path).explanation)")
    return try await SealedKeyStore.created(
      directory: directory, organization: record.id.rawValue, secret: try await source.obtained(creating: true))
  }

  private var identity: (certificate: String, key: String) {
    FoundedFiles(folder: folder, identityPath: options.adminIdentity).identity
  }

  func moveIntoPlace(_ work: InstallationFolder) throws(CommandFailure) {
    try? FileManager.default.removeItem(atPath: folder.path)  // known to be empty, or not there
    guard rename(work.path, folder.path) == 0 else {
      throw CommandFailure(.refused, "\(folder.path) cannot be made: \(String(cString: strerror(errno)))")
    }
  }

  private func announce(_ configuration: InstallationConfiguration) {
    StandardError.say("made the root of trust of \(configuration.organization) in \(folder.path)")
    StandardError.say("the first administrator's certificate is \(identity.certificate)")
    if options.adminIdentity == nil {
      StandardError.hint(
        "in earnest keep it elsewhere: init --admin-identity PATH, or move admin.pem and admin.key away")
    }
    let apart =
      options.rootKeys == nil ? "\(folder.path)/root and \(folder.path)/successor" : "\(folder.path)/successor"
    StandardError.hint("move \(apart) to a place offline; serve never opens \(options.rootKeys == nil ? "them" : "it")")
  }
}

extension SecretSource {
  /// The same source after its folder moved.
  fileprivate func moved(from old: String, to new: String) -> SecretSource {
    guard case .machineLocal(let path) = self, path.hasPrefix(old) else { return self }
    return .machineLocal(path: new + path.dropFirst(old.count))
  }
}
