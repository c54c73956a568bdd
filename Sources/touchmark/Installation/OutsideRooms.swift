import Issuance
import KeyCustody
import Logging
import Watching

/// What a serving process asks and tells systems outside with, and what is counted of it.
struct OutsideRooms: Sendable {
  let configuration: InstallationConfiguration
  let keys: SealedKeyStore
  let client: OutgoingClient
  let signer: MessageSigner
  let measures: Measures
  let sink: CheckpointSink?

  var authorizing: any Authorizing {
    AuthorizingWebhook(client: client, signer: signer, measures: measures, clock: systemClock)
  }

  static func open(
    _ folder: InstallationFolder, keys: SealedKeyStore, options: WatchOptions, logger: Logger
  ) async throws -> OutsideRooms {
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    let sink = try configuration.checkpointSink(options)
    // Everything that an operator wrote is looked at before anything is opened.
    _ = try (configuration.notificationTargets, configuration.thresholds)
    return OutsideRooms(
      configuration: configuration, keys: keys, client: try client(configuration),
      signer: MessageSigner(signer: try await MessageSigner.signer(in: keys), clock: systemClock),
      measures: Measures(), sink: sink)
  }

  private static func client(_ configuration: InstallationConfiguration) throws(CommandFailure) -> OutgoingClient {
    do {
      return try OutgoingClient(roots: configuration.outgoingRoots)
    } catch {
      throw CommandFailure(
        .refused, "outgoing-roots in touchmark.yaml: '\(configuration.outgoingRoots ?? "")' cannot be read",
        hint: "a PEM file with the roots of the systems that are asked and told")
    }
  }
}
