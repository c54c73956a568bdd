import Foundation
import KeyCustody
import PKCS11
import TokenCustody

/// The tokens that `touchmark.yaml` names, opened beside the sealed keys.
struct TokenRooms: Sendable {
  let authorityKeys: any AuthorityKeys
  private let tokens: TokenKeys?

  /// Nil entries leave everything in sealed files.
  static func open(_ configuration: InstallationConfiguration, sealed: SealedKeyStore) async throws -> TokenRooms {
    guard let entries = configuration.tokens, !entries.isEmpty else {
      return TokenRooms(authorityKeys: sealed, tokens: nil)
    }
    guard entries.count <= 8 else { throw CommandFailure(.refused, "touchmark.yaml names more than 8 tokens") }
    var pools: [TokenPool] = []
    let limits = try configuration.tokenLimits()
    for entry in entries { pools.append(try await TokenEntry(entry).open(limits)) }
    let keys = TokenKeys(sealed: sealed, tokens: pools, makesOnToken: false)
    return TokenRooms(authorityKeys: keys, tokens: keys)
  }

  var health: [TokenHealth] { tokens?.health ?? [] }

  /// Why a token does not sign now; nil while all do.
  var obstacle: String? { health.lazy.compactMap(\.obstacle).first }

  func stop() { tokens?.stop() }

  /// Until every token signs. A process that ended instead would be started again, and show its token the PIN each time.
  func awaitAll() async throws {
    var said: String?
    while true {
      for pool in tokens?.pools ?? [] { try? await pool.probe() }
      guard let obstacle else { return }
      if obstacle != said {
        StandardError.say("waiting for a token: \(obstacle)")
        StandardError.hint(
          "if it is gone for good, stop this and give each authority a new key: touchmark authority recover")
      }
      said = obstacle
      try await Task.sleep(for: .seconds(1))
    }
  }
}

extension InstallationConfiguration {
  /// What no backup holds.
  func sayTokensStay() {
    for entry in tokens ?? [] {
      guard let uri = try? PKCS11URI(parsing: entry).tokenOnly else { continue }
      StandardError.say("not inside, since they never leave it: the keys on \(uri)")
      StandardError.hint(
        "a restore needs the token itself, one that its maker's own tool copied it to, or new keys: touchmark authority recover"
      )
    }
  }
}
