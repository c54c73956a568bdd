import Status

/// What anybody may ask of the server's plain addresses: octets, whoever carries them.
protocol PublicAddress: Sendable {
  /// A POST to `/ocsp`; nil when nothing came back.
  func ocsp(_ request: [UInt8]) async -> [UInt8]?
  /// A GET; nil when nothing came back, or nothing is there.
  func text(at path: String) async -> String?
}

/// The same rooms without sockets.
struct InProcessAddress: PublicAddress {
  let serving: Serving

  func ocsp(_ request: [UInt8]) async -> [UInt8]? { await serving.status.ocsp(body: request).bytes }

  func text(at path: String) async -> String? {
    let organization = serving.organization
    let number = Int64(path.split(separator: "/").last ?? "")
    return try? await serving.store.read { reader in
      guard let number else { return try reader.trustBundle(in: organization)?.note }
      return try reader.approverDocuments(purpose: "trust-bundle", in: organization).first { $0.number == number }?.note
    }
  }
}
