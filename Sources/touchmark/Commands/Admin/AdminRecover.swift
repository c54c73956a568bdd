import AdministrationAPI
import ArgumentParser
import Credentials
import Foundation
import Issuance
import WireFormats

struct AdminRecover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", abstract: "Makes a new administrator on the machine itself, when none is left.",
    discussion: """
      Works on the data folder, with the passphrase of its keys (or its machine secret), while no server serves it. What \
      it did stands in the log. Nobody is removed by it: touchmark admin remove does that, once the server runs again.
      """)

  @Argument(help: "Who it is: the log names them so.")
  var name: String

  @Option(help: ArgumentHelp("A request of the key that they hold, PKCS #10 as PEM or DER.", valueName: "file"))
  var csr: String?

  @Option(help: ArgumentHelp("Where the files go: PATH.pem, PATH.key, and root.pem beside them.", valueName: "path"))
  var out: String

  @Option(help: "The installation's folder.") var data: String?
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let files = IdentityFiles(path: out)
    try files.expectFree(withKey: csr == nil)
    let folder = InstallationFolder.named(data)
    let request = try await IdentityRequest(name: name, csr: csr)
    let added = try await StoppedInstallation(folder: folder).run { installation in
      try request.keep(in: files)
      do {
        return try await installation.appointments.add(
          AdministratorTerms(name: name, role: .administrator), publicKey: try Self.publicKey(request.pem),
          as: "admin.recover", by: .installation, through: .command)
      } catch let refusal as Refusal {
        request.discard(files)
        throw CommandFailure(refusal)
      }
    }
    let chain = added.chain.map { PEM(label: "CERTIFICATE", bytes: $0).text }
    try files.write(
      certificate: PEM(label: "CERTIFICATE", bytes: added.certificate).text, chain: chain,
      root: try InputFile.text(folder.rootCertificate))
    let item = AdministratorItem(
      name: added.record.name, role: added.record.role.rawValue, profiles: [],
      fingerprint: Hex.encode(added.record.fingerprint), serialNumber: "\(added.record.certificate)", status: "good",
      notAfter: "\(added.notAfter)", addedAt: "\(added.record.addedAt)", addedBy: added.record.addedBy)
    try output.write(AddedIdentity(item, files), text: AdminText.added(item, files))
    StandardError.hint("start the server, and see who else may administer: touchmark admin list --identity \(out)")
  }

  private static func publicKey(_ pem: String) throws -> SubjectPublicKeyInfo {
    guard let block = PEM.parse(pem)?.first, let request = try? CertificationRequest(parsing: block.bytes),
      request.verifyProofOfPossession()
    else { throw CommandFailure(.refused, "the request cannot be read, or is not signed by its own key") }
    return request.publicKey
  }
}

extension CommandFailure {
  /// A refusal of work that was done in this process.
  init(_ refusal: Refusal) {
    let exit: CommandExit =
      switch refusal.code {
      case .notFound: .notFound
      case .conflict, .keyReuse, .suspended, .retired, .revoked, .expired, .exhausted: .conflict
      case .unavailable, .throttled, .pendingApproval: .later
      case .unauthenticated, .forbidden: .notPermitted
      case .badRequest, .proofOfPossession, .policy: .refused
      }
    self.init(exit, refusal.detail.map { "\(refusal.reason): \($0)" } ?? refusal.reason, hint: refusal.hint)
  }
}
