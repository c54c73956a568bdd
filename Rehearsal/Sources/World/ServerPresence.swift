import Credentials
import Issuance
import KeyCustody
import WireFormats

/// The server's own certificate with its chain, as `serve` makes it: fresh at start, and replaced in time.
struct ServerPresence: Sendable {
  /// The server's certificate first, without the root.
  let chain: [Certificate]
  let key: SoftwareKey
  private let issuers: [[UInt8]]

  static func make(_ serving: Serving, at now: Instant) async throws -> ServerPresence {
    guard let authority = serving.roster.current.active(.installation) else {
      throw Refusal(.unavailable, "the installation authority is away")
    }
    let key = try SoftwareKey.generate(.p256)
    let certificate = try await InstallationCertificates(authority: authority, addresses: WorldFolder.addresses)
      .server(WorldFolder.hosts, publicKey: key.publicKey, at: now)
    try await serving.store.write { try certificate.record(in: $0, door: .command) }
    let chain = try ([certificate.encoded] + authority.chain).map { try Certificate(parsing: $0) }
    return ServerPresence(chain: chain, key: key, issuers: authority.chain)
  }

  func isStale(for serving: Serving, at now: Instant) -> Bool {
    guard let own = chain.first else { return true }
    let third = Span(milliseconds: InstallationCertificates.serverLifetime.milliseconds / 3)
    return now + third > own.notAfter || serving.roster.current.active(.installation)?.chain != issuers
  }
}
