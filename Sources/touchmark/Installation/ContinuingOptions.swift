import ArgumentParser
import Credentials
import Foundation
import Issuance
import KeyCustody
import WireFormats

/// An issuing authority that was made elsewhere and is to go on here.
struct ContinuingOptions: ParsableArguments {
  @Option(
    name: .customLong("issuer-cert"),
    help: ArgumentHelp(
      "Continues this authority; what stands between it and the root comes after it in the file.", valueName: "file"))
  var issuerCertificate: String?
  @Option(
    name: .customLong("issuer-key"), help: ArgumentHelp("Its private key; it is left where it is.", valueName: "file"))
  var issuerKey: String?
  @Option(
    help: ArgumentHelp(
      "The root above it; the issuer itself where it is one. Its key is not asked for.", valueName: "file"))
  var root: String?
  @Option(
    name: .customLong("issuer-crl"),
    help: ArgumentHelp("The last CRL that it signed: its revocations stand from the start.", valueName: "file"))
  var issuerList: String?

  var isAny: Bool { [issuerCertificate, issuerKey, root, issuerList].contains { $0 != nil } }

  func validate() throws {
    let given = [issuerCertificate, issuerKey, root].compactMap { $0 }
    guard given.isEmpty || given.count == 3 else {
      throw ValidationError("--issuer-cert, --issuer-key and --root come together")
    }
    guard issuerList == nil || !given.isEmpty else { throw ValidationError("--issuer-crl needs --issuer-cert") }
  }

  /// Nil when no authority is continued. Everything is checked before anything is made.
  func authority() throws(CommandFailure) -> ContinuedAuthority? {
    guard let issuerCertificate, let issuerKey, let root else { return nil }
    let certificates = try Self.blocks(issuerCertificate, "CERTIFICATE")
    let roots = try Self.blocks(root, "CERTIFICATE")
    guard let anchor = roots.first, roots.count == 1 else {
      throw CommandFailure(.refused, "\(root) has to hold one certificate, and holds \(roots.count)")
    }
    let list = try issuerList.map { path throws(CommandFailure) in try Self.blocks(path, "X509 CRL") }
    if let list, list.isEmpty { throw CommandFailure(.refused, "\(issuerList ?? "") holds no CRL") }
    let key = try Self.key(issuerKey)
    do {
      return try ContinuedAuthority(
        certificates: certificates, key: key, root: anchor, list: list?.first, at: systemClock())
    } catch {
      throw CommandFailure(error)
    }
  }

  private static func blocks(_ path: String, _ label: String) throws(CommandFailure) -> [[UInt8]] {
    let bytes = try InputFile.bytes(path, limit: 16 * 1024 * 1024)
    if bytes.first == 0x30 { return [bytes] }
    return (PEM.parse(String(decoding: bytes, as: UTF8.self)) ?? []).filter { $0.label == label }.map(\.bytes)
  }

  private static func key(_ path: String) throws(CommandFailure) -> SoftwareKey {
    var bytes = try InputFile.bytes(path)
    defer { SecretBytes.wipe(&bytes) }
    do {
      return try PrivateKeyFile.parse(bytes)
    } catch {
      switch error {
      case .encrypted:
        throw CommandFailure(
          .refused, "\(path) is encrypted under a passphrase of its own",
          hint:
            "take it off, in memory: openssl pkey -in \(path) -out /dev/shm/issuer.key; then name that file, and remove it"
        )
      case .noKey: throw CommandFailure(.refused, "\(path) holds no private key")
      case .key(.unsupported(let algorithm)):
        throw CommandFailure(.refused, "\(path) holds a key of the kind \(algorithm), which is not used here")
      case .key: throw CommandFailure(.refused, "\(path) holds no key that is used here")
      }
    }
  }

  /// What an operator has to know of what was done, and of what was not.
  func announce(_ authority: ContinuedAuthority, in folder: InstallationFolder) {
    guard let issuerKey else { return }
    StandardError.say(
      "continues \(authority.issuer.subject) until \(ReadableTime.minute(authority.issuer.notAfter)) UTC")
    StandardError.say("its key is sealed in \(folder.onlineKeys); \(issuerKey) was not deleted")
    StandardError.hint(
      "take \(issuerKey) away: an authority that signs in two places gives one serial number, or one CRL number, twice")
    if !authority.certifiesRoots {
      StandardError.say(
        "this authority may not certify others: devices in the field need \(folder.rootCertificate) to trust this server"
      )
    }
    if authority.list == nil {
      StandardError.hint(
        "its revocations are not here yet: --issuer-crl, or touchmark certificate import before devices come")
    }
    StandardError.hint("bring what it issued: touchmark certificate import index.txt --data \(folder.path)")
  }
}
