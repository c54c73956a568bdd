import Credentials
import Crypto
import Issuance
import Registry
import WireFormats

/// A device's statement about one of its keys (draft-ietf-acme-device-attest-07 §5): a WebAuthn attestation object whose
/// signature is over the key authorization.
///
/// Three formats are read, all with a chain to a manufacturer that the operator trusts. Two have the attested key in the
/// chain's first certificate: `packed` (the signature as it is, its algorithm named) and `step` (the signature as a CBOR
/// byte string inside the byte string, always with SHA-256). In `tpm` that certificate is an attestation key's, which
/// certified the key: see `TPMStatement`.
struct DeviceAttestation {
  let chain: [Certificate]
  private let proof: Proof

  private enum Proof {
    /// The attested key's own, over the key authorization.
    case signature([UInt8], SignatureAlgorithm)
    case tpm(TPMStatement)
  }

  private static let longest = 32_768

  init(parsing object: [UInt8]) throws(ACMEProblem) {
    guard object.count <= Self.longest, let item = try? CBORReader.parse(object), let format = item["fmt"]?.characters,
      let statement = item["attStmt"]
    else { throw Self.bad("\"attObj\" is not an attestation object") }
    chain = try Self.chain(statement["x5c"])
    guard let leaf = chain.first, let key = leaf.publicKey else {
      throw Self.bad("the attested key is of a kind that is not known here")
    }
    guard let octets = statement["sig"]?.octets else { throw Self.bad("the statement has no signature") }
    switch format {
    case "tpm": proof = .tpm(try TPMStatement(statement))
    case "packed":
      proof = .signature(octets, try Self.algorithm(statement["alg"], key))
    case "step":
      guard let inner = try? CBORReader.parse(octets).octets else {
        throw Self.bad("the signature is not wrapped in CBOR")
      }
      proof = .signature(
        inner, key.algorithm == .ed25519 ? .ed25519 : key.algorithm.isRSA ? .rsaPKCS1WithSHA256 : .ecdsaWithSHA256)
    default: throw Self.bad("statements are taken in the formats packed, step and tpm")
    }
  }

  /// What a statement showed, as SHA-256 of keys.
  struct Attested: Sendable {
    let keyHash: [UInt8]
    /// Of the TPM's key that certified it; nil where the key spoke for itself.
    let attestingKeyHash: [UInt8]?
  }

  /// - Throws: `badAttestationStatement`.
  func verify(
    _ identifier: ACMEIdentifier, keyAuthorization: String, profile: ProfileName, anchors: [TrustAnchorRecord],
    at now: Instant
  ) throws(ACMEProblem) -> Attested {
    guard let leaf = chain.first else { throw Self.bad("the statement has no certificate") }
    let key = try attestedKey(by: leaf, over: keyAuthorization)
    let anchor = try anchor(for: leaf, profile: profile, among: anchors, at: now)
    guard Self.identifiers(of: leaf).contains(identifier) else {
      throw Self.bad("the statement is about another device than the order")
    }
    guard identifier.name.hasPrefix(anchor.serialPrefix ?? "") else {
      throw Self.bad("the serial is outside of what \(anchor.name) may name")
    }
    return Attested(keyHash: key.keyHash, attestingKeyHash: isByTPM ? leaf.publicKey?.keyHash : nil)
  }

  private var isByTPM: Bool {
    if case .tpm = proof { return true }
    return false
  }

  private func attestedKey(by leaf: Certificate, over keyAuthorization: String) throws(ACMEProblem)
    -> SubjectPublicKeyInfo
  {
    switch proof {
    case .tpm(let statement): return try statement.attestedKey(by: leaf, over: keyAuthorization)
    case .signature(let signature, let algorithm):
      guard let key = leaf.publicKey,
        key.isValidSignature(signature, over: Array(keyAuthorization.utf8), algorithm: algorithm)
      else { throw Self.bad("the statement is not signed over this challenge's key authorization") }
      return key
    }
  }

  private func anchor(
    for leaf: Certificate, profile: ProfileName, among anchors: [TrustAnchorRecord], at now: Instant
  ) throws(ACMEProblem) -> TrustAnchorRecord {
    for anchor in anchors where anchor.profiles.contains(profile) {
      guard let trusted = try? Certificate(parsing: anchor.certificate),
        (try? CertificationPath.verify(leaf: leaf, intermediates: Array(chain.dropFirst()), anchors: [trusted], at: now))
          != nil
      else { continue }
      return anchor
    }
    throw Self.bad("no manufacturer that may enroll for profile \(profile) vouches for the attested key")
  }

  /// How a manufacturer's certificate names its device: as an alternative name, by the subject's serialNumber
  /// (IEEE 802.1AR §8.6), or as YubiKeys have it.
  private static func identifiers(of leaf: Certificate) -> Set<ACMEIdentifier> {
    var found = Set(leaf.subjectAlternativeNames.compactMap { ACMEIdentifier($0) })
    for serial in leaf.subject.values(of: AttributeType.serialNumber) {
      found.insert(ACMEIdentifier(.permanentIdentifier, serial))
    }
    if let token = leaf.firstExtension(yubicoSerial) {
      var reader = DERReader(token.value)
      if let number = try? reader.readSmallInteger(), reader.isAtEnd {
        found.insert(ACMEIdentifier(.permanentIdentifier, String(number)))
      }
    }
    return found
  }

  private static let yubicoSerial = ObjectIdentifier([1, 3, 6, 1, 4, 1, 41482, 3, 7])

  private static func chain(_ value: CBOR?) throws(ACMEProblem) -> [Certificate] {
    guard case .array(let items)? = value, (1...CertificationPath.maximumDepth).contains(items.count) else {
      throw bad("\"x5c\" is a list of 1 to \(CertificationPath.maximumDepth) certificates")
    }
    let certificates = items.compactMap { $0.octets.flatMap { try? Certificate(parsing: $0) } }
    guard certificates.count == items.count else { throw bad("a certificate in \"x5c\" cannot be read") }
    return certificates
  }

  /// COSE algorithms (RFC 9053 §2, RFC 8812 §2).
  private static func algorithm(_ value: CBOR?, _ key: SubjectPublicKeyInfo) throws(ACMEProblem) -> SignatureAlgorithm {
    let algorithm: SignatureAlgorithm? =
      switch value?.integer {
      case -7: .ecdsaWithSHA256
      case -35: .ecdsaWithSHA384
      case -8: .ed25519
      case -257: .rsaPKCS1WithSHA256
      default: nil
      }
    guard let algorithm, algorithm.fits(key.algorithm) else { throw bad("the statement's algorithm is not the key's") }
    return algorithm
  }

  private static func bad(_ detail: String) -> ACMEProblem { ACMEProblem(.badAttestationStatement, detail) }
}

extension ACMEService {
  /// What a device's answer to its challenge comes to: the attested key, or why not.
  static func attested(
    _ payload: JSONValue, _ authorization: ACMEAuthorizationRecord, _ account: ACMEAccountRecord, at now: Instant,
    in reader: any StoreReader, _ organization: OrganizationID
  ) -> Result<DeviceAttestation.Attested?, ACMEProblem> {
    do {
      guard let text = payload["attObj"]?.text, let object = Base64.decodeJOSE(text) else {
        throw ACMEProblem(.badAttestationStatement, "\"attObj\" is an attestation object in base64url")
      }
      return .success(
        try DeviceAttestation(parsing: object).verify(
          authorization.identifier, keyAuthorization: authorization.keyAuthorization(account), profile: account.profile,
          anchors: reader.trustAnchors(for: .devices, in: organization), at: now))
    } catch {
      return .failure(.from(error))
    }
  }
}
