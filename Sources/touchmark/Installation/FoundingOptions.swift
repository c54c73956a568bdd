import ArgumentParser
import Credentials
import Issuance

/// What `init`, and `up` on an empty folder, are told.
struct FoundingOptions: ParsableArguments {
  @Option(help: "The organization whose root of trust this is.") var organization: String?
  @Option(help: "A name or address of this server, beside localhost; repeatable.") var host: [String] = []
  @Option(
    name: .customLong("public-http"),
    help: "The plain HTTP address that verifiers reach; it stands in every certificate.")
  var publicHTTP: String?
  @Option(help: "Keys of the authorities: P-256, P-384 or RSA-3072.") var algorithm = "P-256"
  @Option(help: "The person who holds the first administrator's certificate.") var administrator = "administrator"
  @Option(help: "Where the first administrator's certificate and key go, instead of the data folder.")
  var adminIdentity: String?
  @Flag(help: "Adds the lab profile, which takes what is asked, for trying clients out.") var lab = false

  @Option(
    help: ArgumentHelp(
      "An approvers' document, version 1, signed by everyone in it; the organization gets the identifier in it. One for each purpose; repeatable.",
      valueName: "file"))
  var approvers: [String] = []

  @Option(
    help: ArgumentHelp(
      "The token on which the issuing authorities' keys are made: pkcs11:token=…?module-path=…&pin-source=…",
      valueName: "uri"))
  var keys: String?
  @Option(help: ArgumentHelp("The token on which the root's key is made; another one than that.", valueName: "uri"))
  var rootKeys: String?

  @OptionGroup var continuing: ContinuingOptions

  static let algorithms: [KeyAlgorithm] = [.p256, .p384, .rsa3072]

  func validate() throws {
    try Self.check(organization: organization, publicHTTP: publicHTTP, algorithm: algorithm)
    for name in host where !HostName.isHost(name) {
      throw ValidationError("'\(name)' is neither a host name nor an address")
    }
    guard (1...64).contains(administrator.count), administrator.allSatisfy(Self.isPlain) else {
      throw ValidationError("an administrator's name is 1 to 64 letters, digits, spaces and plain punctuation")
    }
  }

  static func check(organization: String?, publicHTTP: String?, algorithm: String) throws {
    if let organization, !(1...40).contains(organization.count) || !organization.allSatisfy(isPlain) {
      throw ValidationError("an organization's name is 1 to 40 letters, digits, spaces and plain punctuation")
    }
    guard algorithms.contains(where: { $0.rawValue == algorithm }) else {
      throw ValidationError("--algorithm is one of " + algorithms.map(\.rawValue).joined(separator: ", "))
    }
    if let publicHTTP, !isPublicAddress(publicHTTP) {
      throw ValidationError("--public-http is an address such as http://pki.example.com, without a path")
    }
  }

  /// Checked before anything is made: of one organization, each for another purpose.
  func firstApprovers() throws(CommandFailure) -> [FirstApprovers] {
    var all: [FirstApprovers] = []
    for path in approvers {
      let note = try InputFile.text(path)
      do { all.append(try FirstApprovers(note: note, at: systemClock())) } catch {
        throw CommandFailure(.refused, error.reason, hint: error.hint)
      }
    }
    guard Set(all.map(\.organization)).count <= 1, Set(all.map(\.purpose)).count == all.count else {
      throw CommandFailure(
        .refused, "the approvers' documents are not of one organization, each for another purpose",
        hint: "touchmark approver document --organization ID --purpose PURPOSE")
    }
    return all
  }

  /// `http` alone: CRLs and OCSP answers are signed, and a verifier that needed TLS to check TLS would turn in circles
  /// (RFC 5280 §4.2.1.13).
  private static func isPublicAddress(_ text: String) -> Bool {
    guard text.hasPrefix("http://"), text.utf8.count <= 200 else { return false }
    var host = text.dropFirst(7)
    if host.hasSuffix("/") { host = host.dropLast() }
    if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
      guard let port = Int(host[host.index(after: colon)...]), (1...65_535).contains(port) else { return false }
      host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return HostName.isHost(String(host))
  }

  private static func isPlain(_ character: Character) -> Bool {
    !character.isNewline
      && character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "{" && $0 != "}" }
      && !character.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}

/// Where a server listens.
struct ListenOptions: ParsableArguments {
  @Option(name: .customLong("listen-https"), help: "HOST:PORT for EST and administration (default 127.0.0.1:8443).")
  var listenHTTPS: String?
  @Option(
    name: .customLong("listen-http"), help: "HOST:PORT for CRL, OCSP and CA certificates (default 127.0.0.1:8080).")
  var listenHTTP: String?

  func validate() throws {
    for address in [listenHTTPS, listenHTTP].compactMap({ $0 }) {
      do { _ = try ListenAddress.endpoint(address) } catch { throw ValidationError(error.message) }
    }
  }
}
