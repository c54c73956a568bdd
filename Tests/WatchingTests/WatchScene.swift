import AuditLog
import Credentials
import Crypto
import Foundation
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import Watching
import WireFormats

/// An organization that is watched, and what it asks and tells systems outside with.
struct WatchScene {
  let installation: TestInstallation
  let client: OutgoingClient
  let key: SoftwareKey
  let signer: MessageSigner
  let measures = Measures()

  static func with(_ body: (WatchScene) async throws -> Void) async throws {
    let installation = try await TestInstallation()
    let key = try SoftwareKey.generate(.ed25519)
    let client = try OutgoingClient(roots: nil)
    let scene = WatchScene(
      installation: installation, client: client, key: key,
      signer: MessageSigner(signer: key, clock: installation.clock.now))
    do { try await body(scene) } catch {
      await client.shutDown()
      throw error
    }
    await client.shutDown()
  }

  var webhook: AuthorizingWebhook {
    AuthorizingWebhook(client: client, signer: signer, measures: measures, clock: installation.clock.now)
  }

  func notifier(_ targets: [NotificationTarget]) -> Notifier {
    Notifier(
      targets: targets, store: installation.store, organization: installation.authorities.organization, client: client,
      signer: signer, measures: measures, clock: installation.clock.now, report: { _ in })
  }

  func watcher(
    _ targets: [NotificationTarget], thresholds: WatchThresholds = WatchThresholds(), sink: SinkHealth? = nil,
    settling: Duration = .seconds(30)
  ) -> Watcher {
    Watcher(
      store: installation.store, organization: installation.authorities.organization,
      database: installation.folder + "/touchmark.sqlite", targets: targets, thresholds: thresholds,
      board: WatchBoard(), sink: sink, settling: settling, clock: installation.clock.now, report: { _ in })
  }

  func append(_ act: String, on subject: String, outcome: String) async throws {
    let entry = AuditEntry(
      at: installation.clock.now(), actor: "test", door: "est", act: act, subject: subject, outcome: outcome,
      reason: "as a test wants it")
    let organization = installation.organization
    try await installation.store.write { try $0.append(entry, in: organization) }
  }

  func figures() -> String {
    var text = MetricText()
    measures.render(into: &text)
    return text.text
  }
}

extension WatchScene {
  /// Checks a signature of RFC 9421 as a receiver would, from the header fields alone.
  func isSigned(_ request: Receiver.Request, to url: String) throws -> Bool {
    let input = try #require(request.headers["signature-input"])
    let parameters = String(input.dropFirst("touchmark=".count))
    let digest = "sha-256=:\(Base64.encode(Array(SHA256.hash(data: request.body)))):"
    guard request.headers["content-digest"] == digest else { return false }
    let base = """
      "@method": POST
      "@target-uri": \(url)
      "content-digest": \(digest)
      "content-type": \(request.headers["content-type"] ?? "")
      "touchmark-id": \(request.headers["touchmark-id"] ?? "")
      "@signature-params": \(parameters)
      """
    let field = try #require(request.headers["signature"])
    let signature = try #require(Base64.decode(Array(field.dropFirst("touchmark=:".count).dropLast().utf8)))
    let block = try #require(PEM.parse(signer.publicKey)?.first)
    let key = try Curve25519.Signing.PublicKey(rawRepresentation: block.bytes.suffix(32))
    return key.isValidSignature(signature, for: Array(base.utf8))
  }
}
