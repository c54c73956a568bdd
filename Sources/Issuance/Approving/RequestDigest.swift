import Credentials
import Crypto
import Registry
import WireFormats

/// What an approval is bound to (TRUST.md, Enrollment): what is asked for, under which right, for which version of which
/// profile.
///
/// The request's own signature is left out: a client that makes its request anew to ask again signs it anew, and asks
/// for the same.
struct RequestDigest {
  private var hash = SHA256()

  static func of(_ request: EnrollmentRequest, _ applicant: Applicant, _ profile: Profile) -> [UInt8] {
    var digest = RequestDigest()
    digest.add("touchmark request 1")
    digest.add(applicant.right.identity)
    digest.add("\(profile.name.rawValue) v\(profile.version)")
    digest.add(request.isRenewal ? "renew" : "enroll")
    digest.add(request.namedSerial ?? "")
    digest.add(request.request.subject.encoded)
    // A key that is made here is made anew with each question.
    digest.add(request.isKeyFromServer ? Array("made here".utf8) : request.request.publicKey.encoded)
    for requested in request.request.extensions where !(request.isKeyFromServer && requested.namesKey) {
      digest.add(requested.identifier.description)
      digest.add(requested.critical ? [1] : [0])
      digest.add(requested.value)
    }
    return Array(digest.hash.finalize())
  }

  private mutating func add(_ text: String) { add(Array(text.utf8)) }

  /// With its length before it, so that no two lists of parts give the same octets.
  private mutating func add(_ part: [UInt8]) {
    withUnsafeBytes(of: UInt64(part.count).bigEndian) { hash.update(bufferPointer: $0) }
    hash.update(data: part)
  }
}

extension CertificateExtension {
  fileprivate var namesKey: Bool { identifier == ExtensionID.subjectKeyIdentifier }
}

extension Applicant.Right {
  /// Which right it is, to the octet: another secret of the same device is another right.
  fileprivate var identity: String {
    switch self {
    case .secret(let secret): "secret:\(secret.device.rawValue):\(Hex.encode(secret.secretHash))"
    case .grant(let grant): "grant:\(grant.name.rawValue)"
    case .key(let key): "key:\(key.device.rawValue):\(Hex.encode(key.keyHash))"
    case .certificate(let record): "certificate:\(Hex.encode(record.fingerprint))"
    case .manufacturer(let anchor, let serial): "manufacturer:\(anchor.name):\(serial)"
    case .administrator(let actor): "administrator:\(Hex.encode(actor.fingerprint))"
    case .challenge(let order): "challenge:\(order)"
    case .registrationAuthority(let record, let parent):
      "registration-authority:\(record.name):\(parent.map { Hex.encode($0.fingerprint) } ?? "")"
    }
  }
}
