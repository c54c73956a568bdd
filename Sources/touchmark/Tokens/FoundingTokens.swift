import KeyCustody
import PKCS11
import TokenCustody

/// The tokens that `init` makes keys on: looked at before anything is made.
struct FoundingTokens: Sendable {
  let issuing: TokenKeys?
  let root: TokenKeys?
  private let issuingURI: PKCS11URI?

  init(_ options: FoundingOptions) async throws {
    let online = try options.keys.map { text throws(CommandFailure) in try TokenEntry(text) }
    let apart = try options.rootKeys.map { text throws(CommandFailure) in try TokenEntry(text, role: .rootToken) }
    if let online, let apart, online.uri.namesToken(of: apart.uri) {
      throw CommandFailure(
        .usage, "--keys and --root-keys name the same token",
        hint: "the server logs in to the one; the root's is another, with another PIN, and can be taken away")
    }
    issuingURI = online?.uri.tokenOnly
    issuing = try await Self.keys(online)
    do { root = try await Self.keys(apart) } catch {
      issuing?.stop()
      throw error
    }
  }

  private static func keys(_ entry: TokenEntry?) async throws -> TokenKeys? {
    guard let entry else { return nil }
    return TokenKeys(sealed: nil, tokens: [try await entry.open().expected()], makesOnToken: true)
  }

  func stop() {
    issuing?.stop()
    root?.stop()
  }

  /// What is on a token, and what is not.
  func announce() {
    if let issuingURI {
      StandardError.say("the issuing authorities' keys are on \(issuingURI), and never leave it")
      StandardError.say(
        "in sealed files are: the log's key, secrets that doors must know, and the keys of webhooks and requests")
      StandardError.say("responders and the server's own certificate have keys in memory, made anew at each start")
    }
    if let uri = root?.pools.first?.health.token {
      StandardError.say("the root's key is on \(uri): touchmark root answer --root URI signs with it")
    }
  }
}
