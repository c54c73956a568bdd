import AuditLog
import Issuance
import KeyCustody
import Registry
import WireFormats

/// Takes each new checkpoint to the sink: at least once, the newest first, since it vouches for all before it.
///
/// The act of signing does not wait for it. What was delivered last is kept in the store, so that a restart goes on.
public struct CheckpointDelivery: Sendable {
  private static let position = "checkpoint-sink"
  private static let limit = Duration.seconds(10)
  private static let longestPause: Int64 = 60

  private let sink: CheckpointSink
  private let store: any Store
  private let organization: OrganizationID
  private let client: OutgoingClient
  private let signer: MessageSigner
  private let health: SinkHealth
  private let measures: Measures
  private let now: Clock

  public init(
    sink: CheckpointSink, store: any Store, organization: OrganizationID, client: OutgoingClient,
    signer: MessageSigner, health: SinkHealth, measures: Measures, clock: @escaping Clock
  ) {
    (self.sink, self.store, self.organization) = (sink, store, organization)
    (self.client, self.signer, self.health) = (client, signer, health)
    (self.measures, now) = (measures, clock)
  }

  /// Once a second until cancelled, and more slowly while the sink fails.
  public func run(report: @escaping @Sendable (String) -> Void) async {
    var failures: Int64 = 0
    while !Task.isCancelled {
      do {
        try await deliver()
        if failures > 0 { report("the checkpoint sink takes checkpoints again") }
        failures = 0
      } catch {
        if failures == 0 { report("the checkpoint sink fails: \(error)") }
        failures = min(failures + 1, Self.longestPause)
      }
      try? await Task.sleep(for: .seconds(max(1, failures)))
    }
    // The last checkpoint is signed while a stop drains; this task is cancelled by now.
    await Task { _ = try? await deliver() }.value
  }

  /// Delivers the latest checkpoint unless that was the last one delivered. Throws what the sink or the store throws.
  package func deliver() async throws {
    let organization = organization
    let (latest, last) = try await store.read { reader in
      (
        try reader.latestCheckpoint(in: organization)?.note,
        try reader.watchPosition(Self.position, in: organization)
      )
    }
    guard let latest, Array(latest.utf8) != last else {
      // Nothing new: whether the sink works shows at the next one.
      return health.restOnLast()
    }
    do {
      try await put(latest)
    } catch {
      measures.sinkDeliveries.add("failed")
      health.failed("\(error)", at: now())
      throw error
    }
    measures.sinkDeliveries.add("delivered")
    health.delivered()
    try await store.write { try $0.keepWatchPosition(Array(latest.utf8), as: Self.position, in: organization) }
  }

  private func put(_ note: String) async throws {
    switch sink.place {
    case .address(let address):
      _ = try await client.post(
        Array(note.utf8), type: "text/plain; charset=utf-8", id: MessageSigner.nonce(), signedBy: signer, to: address,
        within: Self.limit, longest: 4096)
    case .file(let path): try await append(note, to: path)
    case .folder(let folder):
      let origin = note.split(separator: "\n").first.map(String.init) ?? "log"
      try await append(
        note, to: (folder.hasSuffix("/") ? folder : folder + "/") + CheckpointSink.fileName(origin: origin))
    }
  }

  /// A disk can be slow, and a network's disk slower.
  private func append(_ note: String, to path: String) async throws(SinkFileFailure) {
    try await OwnThread.run { () throws(SinkFileFailure) in try SinkFile.append(note, to: path) }
  }
}
