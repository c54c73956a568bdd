import Credentials
import Enrollment
import Issuance
import KeyCustody
import Logging
import Registry
import WebService
import WireFormats

/// The server's own certificate: made at start with a fresh key that lives in memory alone, and replaced without a
/// restart when a third of its life is left.
package actor ServerIdentity {
  package nonisolated let tls: TLSIdentity
  private let roster: AuthorityRoster
  /// What the certificate names.
  nonisolated let names: [GeneralName]
  private let store: any Store
  private let logger: Logger
  private let now: Clock
  private var notAfter: Instant
  /// The chain above the certificate that is shown.
  private var issuers: [[UInt8]]

  /// The key that the certificate is for: it also signs what carries a private key to a device.
  private var key: SoftwareKey
  private var chain: [[UInt8]]

  /// RFC 7030 §3.6.1: the certificate says of itself that it is an EST server's (id-kp-cmcRA).
  var keySigning: KeyPackageSigning {
    KeyPackageSigning(certificates: chain, algorithm: key.algorithm) { [key] in try key.signature(over: $0) }
  }

  private struct Fresh {
    let chain: [[UInt8]]
    let key: SoftwareKey
    let notAfter: Instant
    let issuers: [[UInt8]]
  }

  package init(
    roster: AuthorityRoster, hosts: [String], store: any Store, logger: Logger, clock: @escaping Clock = systemClock
  ) async throws {
    var names: [GeneralName] = []
    for name in (HostName.always + hosts).map(HostName.general) where !names.contains(name) { names.append(name) }
    let fresh = try await Self.issue(roster.current, names, store, at: clock())
    tls = try Self.withKey(fresh.key) { try TLSIdentity(certificateChain: fresh.chain, privateKey: $0) }
    self.roster = roster
    self.names = names
    self.store = store
    self.logger = logger
    now = clock
    (notAfter, issuers) = (fresh.notAfter, fresh.issuers)
    (key, chain) = (fresh.key, fresh.chain)
    roster.observe { [weak self] _ in await self?.follow() }
  }

  /// Shows a chain that ends in the current root, with the roads from the roots before it, as soon as there is one.
  private func follow() async {
    guard roster.current.active(.installation)?.chain != issuers else { return }
    await renewOrSay()
  }

  /// Looks each minute until cancelled.
  func run() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(60))
      guard !Task.isCancelled else { return }
      await renewIfDue()
    }
  }

  /// Replaces the certificate when a third of its life is left, when its chain is not the current one, or when an
  /// administrator revoked it.
  package func renewIfDue() async {
    let third = Span(milliseconds: InstallationCertificates.serverLifetime.milliseconds / 3)
    let isBehind = roster.current.active(.installation)?.chain != issuers
    if !isBehind, now() + third <= notAfter {
      guard await isRevoked() else { return }
    }
    await renewOrSay()
  }

  /// A store that cannot be read says nothing.
  private func isRevoked() async -> Bool {
    guard let shown = chain.first else { return false }
    let organization = roster.current.organization.id
    let record = try? await store.read { try $0.certificate(fingerprint: Fingerprint.of(shown), in: organization) }
    return record?.status == .revoked
  }

  private func renewOrSay() async {
    do { try await renew() } catch {
      logger.error("the server certificate was not renewed", metadata: ["why": "\(error)"])
    }
  }

  private func renew() async throws {
    let fresh = try await Self.issue(roster.current, names, store, at: now())
    try Self.withKey(fresh.key) { try tls.replace(certificateChain: fresh.chain, privateKey: $0) }
    (notAfter, issuers) = (fresh.notAfter, fresh.issuers)
    (key, chain) = (fresh.key, fresh.chain)
    logger.info("the server certificate was renewed", metadata: ["until": "\(notAfter)"])
  }

  private static func issue(
    _ authorities: AuthoritySet, _ names: [GeneralName], _ store: any Store, at now: Instant
  ) async throws -> Fresh {
    guard let authority = authorities.active(.installation) else {
      throw CommandFailure(.refused, "the installation authority's key is not in the data folder")
    }
    let key = try SoftwareKey.generate(.p256)
    let certificate = try await InstallationCertificates(authority: authority, addresses: authorities.addresses)
      .server(names, publicKey: key.publicKey, at: now)
    try await store.write { try certificate.record(in: $0, door: .command) }
    return Fresh(
      chain: [certificate.encoded] + authority.chain, key: key, notAfter: certificate.notAfter, issuers: authority.chain
    )
  }

  /// The TLS library wants the key's octets; they are wiped here afterwards.
  private static func withKey<T>(_ key: SoftwareKey, _ body: ([UInt8]) throws -> T) throws -> T {
    guard let secret = key.pkcs8 else { throw CommandFailure(.refused, "the server's key cannot be used for TLS") }
    var octets = secret.withBytes { Array($0) }
    defer { SecretBytes.wipe(&octets) }
    return try body(octets)
  }
}
