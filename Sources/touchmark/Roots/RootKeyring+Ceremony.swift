import Credentials
import Issuance

extension RootKeyring {
  /// A ceremony's last step. That approvers, where there are any, approved it is what a closed ceremony says.
  func sign(_ ceremony: ClosedCeremony, of roots: FoundedRoots) async throws -> String {
    let reference = RootReference(id: roots.root.id, certificate: try Certificate(parsing: roots.root.certificate))
    guard let place = try place(of: reference.id) else {
      throw CommandFailure(
        .refused, "the key of the root \(reference.id) is not here", hint: "name its token with --root-keys URI")
    }
    let (signer, _) = try await open(reference, at: place, of: roots.organization.id)
    guard signer.publicKey == reference.certificate.publicKey else {
      throw CommandFailure(.refused, "the key at hand is not that of the root \(reference.id)")
    }
    return try await ceremony.signed(by: signer)
  }
}
