import Credentials
import Issuance
import KeyCustody
import Registry
import TokenCustody

/// Tokens that hold roots, named by `--root pkcs11:…`.
struct RootToken: Sendable {
  let uris: [String]

  /// The root's key, found under the root's identifier and held against the root's certificate.
  func key(of root: RootReference) async throws -> any Signer {
    let id = root.id
    guard let publicKey = root.certificate.publicKey else {
      throw CommandFailure(.refused, "the certificate of \(id) has a key of an unknown kind")
    }
    for text in uris {
      let pool = try await TokenEntry(text, role: .rootToken).open().expected()
      let keys = TokenKeys(sealed: nil, tokens: [pool], makesOnToken: false)
      do throws(CustodyError) {
        if let held = try await keys.findAuthorityKey(id.rawValue, publicKey: publicKey) { return held.signer }
      } catch {
        pool.stop()
        throw CommandFailure(.refused, "\(error)")
      }
      pool.stop()
    }
    throw CommandFailure(
      .refused, "the key of the root \(id) is on none of the tokens that --root names",
      hint: "touchmark authority show \(id) says where its key was made")
  }
}
