import Credentials
import Crypto
import DeviceClient
import WireFormats

/// Keeps the revocation lists of certain certificates' authorities fresh, from the places that the certificates name.
///
/// A list comes over plain HTTP, so nothing of it is believed but its signature; one that is older than what is held is
/// not taken (somebody between could otherwise bring back the day before a device was suspended).
public final class RevocationLists {
  /// A list of about half a million entries.
  static let longest = 32 << 20

  /// One authority, where its list is, and what was fetched of it.
  private struct Source {
    let issuer: Certificate
    let addresses: [ServerAddress]
    let file: String
    var list: CertificateRevocationList?
    var tag: String?
  }

  private var sources: [Source] = []
  private let loops: EventLoops
  private let folder: AgentFolder

  /// For every certificate of these chains that names a list: the lists of who issued it.
  ///
  /// - Parameters:
  ///   - certificates: A chain or several, in any order.
  ///   - issuers: Where their issuers are found, roots included.
  public init(
    of certificates: [Certificate], issuers: [Certificate], in folder: AgentFolder, loops: EventLoops
  ) throws(AgentFailure) {
    (self.folder, self.loops) = (folder, loops)
    try DurableFile.makeFolder(folder.listFolder)
    for certificate in certificates {
      let addresses = (certificate.statusAddresses?.revocationLists ?? []).compactMap { ServerAddress($0) }
      guard !addresses.isEmpty, let issuer = Self.issuer(of: certificate, among: issuers),
        !sources.contains(where: { $0.issuer == issuer })
      else { continue }
      let digest = Array(SHA256.hash(data: issuer.subjectPublicKeyInfo).prefix(16))
      let file = "\(folder.listFolder)/\(Hex.encode(digest)).pem"
      let held = try DurableFile.read(file, limit: Self.longest * 2).flatMap(Self.parse)
      sources.append(
        Source(issuer: issuer, addresses: addresses, file: file, list: held.flatMap { $0.isOf(issuer) ? $0 : nil }))
    }
  }

  public var isEmpty: Bool { sources.isEmpty }

  /// Whether a list is held for each authority.
  public var isComplete: Bool { sources.allSatisfy { $0.list != nil } }

  /// All of them as PEM, as brokers and proxies read them.
  public var text: String {
    sources.compactMap(\.list).map { PEM(label: "X509 CRL", bytes: $0.encoded).text }.joined()
  }

  /// When the oldest of them was made; nil while one is missing.
  public var asOf: Instant? { isComplete ? sources.compactMap(\.list?.thisUpdate).min() : nil }

  /// Fetches what is newer. What could not be fetched stays as it is.
  ///
  /// - Returns: What went wrong, for each authority where something did.
  public func refresh() throws(AgentFailure) -> [AgentFailure] {
    var failures: [AgentFailure] = []
    for index in sources.indices {
      do throws(AgentFailure) {
        try refresh(index)
      } catch {
        failures.append(error)
      }
    }
    return failures
  }

  private func refresh(_ index: Int) throws(AgentFailure) {
    var last = AgentFailure(.noServer, "no place of a revocation list is known")
    for address in sources[index].addresses {
      do throws(AgentFailure) {
        guard let fetched = try fetch(address, tag: sources[index].list == nil ? nil : sources[index].tag) else {
          return
        }
        return try take(fetched.list, tag: fetched.tag, at: index, from: address)
      } catch {
        last = error
      }
    }
    throw last
  }

  /// Nil when it is the one that was fetched last.
  private func fetch(
    _ address: ServerAddress, tag: String?
  ) throws(AgentFailure) -> (list: CertificateRevocationList, tag: String?)? {
    guard !address.isTLS else {
      throw AgentFailure(.failed, "\(address.text): a list behind TLS is not fetched", hint: "RFC 5280 §8")
    }
    let connection = try Connection(to: address, security: .init(judge: nil, identity: nil), loops: loops)
    defer { connection.close() }
    var request = HTTPRequest(path: address.path)
    request.fields = [("Connection", "close")] + (tag.map { [("If-None-Match", $0)] } ?? [])
    let response = try connection.send(request, longestBody: Self.longest)
    if response.status == 304 { return nil }
    guard response.status == 200, let list = try? CertificateRevocationList(parsing: response.body) else {
      throw AgentFailure(.noServer, "\(address.text): no revocation list (status \(response.status))")
    }
    return (list, response.field("etag"))
  }

  private func take(
    _ list: CertificateRevocationList, tag: String?, at index: Int, from address: ServerAddress
  ) throws(AgentFailure) {
    let source = sources[index]
    guard list.isOf(source.issuer) else {
      throw AgentFailure(.failed, "\(address.text): that list is not signed by \(source.issuer.subject)")
    }
    if let held = source.list {
      guard held.encoded != list.encoded else {
        sources[index].tag = tag
        return
      }
      guard list.isNewer(than: held) else {
        throw AgentFailure(.failed, "\(address.text): that list is older than the one that is held")
      }
    }
    try DurableFile.replace(
      source.file, with: Array(PEM(label: "X509 CRL", bytes: list.encoded).text.utf8), mode: 0o644)
    (sources[index].list, sources[index].tag) = (list, tag)
  }

  private static func issuer(of certificate: Certificate, among issuers: [Certificate]) -> Certificate? {
    issuers.first { issuer in
      issuer.subject == certificate.issuer && issuer.publicKey.map { certificate.isSigned(by: $0) } == true
    }
  }

  private static func parse(_ octets: [UInt8]) -> CertificateRevocationList? {
    PEM.parse(String(decoding: octets, as: UTF8.self))?.first
      .flatMap { try? CertificateRevocationList(parsing: $0.bytes) }
  }

  /// Every list that is held in a folder, whatever its authority: evidence, which its reader checks.
  public static func held(in folder: AgentFolder) throws(AgentFailure) -> [CertificateRevocationList] {
    var lists: [CertificateRevocationList] = []
    for name in DurableFile.names(in: folder.listFolder) where name.hasSuffix(".pem") {
      if let list = try DurableFile.read("\(folder.listFolder)/\(name)", limit: longest * 2).flatMap(parse) {
        lists.append(list)
      }
    }
    return lists
  }
}

extension CertificateRevocationList {
  /// RFC 5280 §5.2: complete, understood, and signed by the authority.
  fileprivate func isOf(_ authority: Certificate) -> Bool {
    issuer == authority.subject.encoded && criticalExtensions.isEmpty
      && authority.publicKey.map { isSigned(by: $0) } == true
  }

  fileprivate func isNewer(than held: CertificateRevocationList) -> Bool {
    if let number, let old = held.number, number != old { return number > old }
    return thisUpdate >= held.thisUpdate
  }
}
