import Credentials
import Registry

/// The protocol through which somebody asks. Its name is what profiles and the audit log say.
public enum Door: String, Hashable, Sendable, CaseIterable {
  case est, rest, command, scep, cmp, acme
}

/// What a requester shows of itself.
public enum Credential: Sendable {
  /// A device's serial or a grant's name, with the secret's text as it was presented.
  case secret(name: String, secret: [UInt8])
  /// A secret's text where the protocol carries no name beside it (SCEP's challengePassword).
  case bareSecret([UInt8])
  /// A client certificate whose key the transport proved, and what came with it, as DER.
  case certificate([UInt8], chain: [[UInt8]])
  /// An administrator, operator or station whose record the door has looked up.
  case administrator(Actor)
  /// A registration authority whose record the door has looked up; it asks for the device that `serial` or the request's
  /// subject names. A door may as well hand over its certificate, which is found to be one.
  case registrationAuthority(Actor)
  /// A station, whose record the door has looked up, with a grant's name and secret.
  case station(Actor, grant: String, secret: [UInt8])
  /// Control of every name asked for, which the door itself validated for this order (RFC 8555 §8), and nothing else.
  case challenge(order: String)
}

/// One request for one certificate, in no protocol's terms.
public struct EnrollmentRequest: Sendable {
  public let request: RequestedCertificate
  public let credential: Credential
  public let door: Door
  /// The profile that the address names; it never widens what the credential allows.
  public let label: ProfileName?
  /// Whether the protocol calls this a renewal (EST simplereenroll), which only a certificate may ask for.
  public let isRenewal: Bool
  /// What a station read off the device, or an operator knows of it; nil where the request speaks for itself.
  public let serial: String?
  /// Whether the key was made here for this request, and not by whoever asks.
  public let isKeyFromServer: Bool
  /// What a TPM said of the key, where the door had it proved.
  public let residence: KeyResidence?
  /// What the door was shown of where the key lives. What a requester merely says makes it `claimed`, and nothing more.
  public let keyOrigin: CertificateRecord.KeyOrigin
  /// Where the requester says that its key lives.
  public let claimedHome: ClaimedKeyHome?
  /// Where it came from, for the log.
  public let address: String

  /// From a PKCS#10 request.
  public init(
    request: CertificationRequest, credential: Credential, door: Door, label: ProfileName?, isRenewal: Bool,
    serial: String? = nil, isKeyFromServer: Bool = false, residence: KeyResidence? = nil,
    keyOrigin: CertificateRecord.KeyOrigin = .software, claimedHome: ClaimedKeyHome? = nil, address: String
  ) {
    self.init(
      request.requested, credential: credential, door: door, label: label, isRenewal: isRenewal, serial: serial,
      isKeyFromServer: isKeyFromServer, residence: residence, keyOrigin: keyOrigin, claimedHome: claimedHome,
      address: address)
  }

  public init(
    _ request: RequestedCertificate, credential: Credential, door: Door, label: ProfileName?, isRenewal: Bool,
    serial: String? = nil, isKeyFromServer: Bool = false, residence: KeyResidence? = nil,
    keyOrigin: CertificateRecord.KeyOrigin = .software, claimedHome: ClaimedKeyHome? = nil, address: String
  ) {
    self.request = request
    self.credential = credential
    self.door = door
    self.label = label
    self.isRenewal = isRenewal
    self.serial = serial
    self.isKeyFromServer = isKeyFromServer
    self.residence = residence
    self.keyOrigin =
      residence != nil ? .attested : claimedHome != nil && keyOrigin == .software ? .claimed : keyOrigin
    self.claimedHome = claimedHome
    self.address = address
  }
}

extension EnrollmentRequest {
  /// The serial that it is about: as stated, or as the request's subject says.
  var namedSerial: String? { serial ?? SubjectNames.requestedSerial(request) }

  /// Whether nothing but the request's own signature shows who asks: a serial with an empty secret.
  var showsKeyAlone: Bool {
    guard case .secret(_, let secret) = credential else { return false }
    return secret.isEmpty
  }
}

/// A certificate that is durably recorded.
public struct Issued: Sendable, Hashable {
  /// DER.
  public let certificate: [UInt8]
  /// The issuing authority's certificate and those above it without the root, DER.
  public let chain: [[UInt8]]
  public let serial: SerialNumber
  /// Whether this answers again what was issued before, to the same key under the same right.
  public let repeated: Bool
  /// Under which profile, where whoever issued knows it.
  public let profile: ProfileName?

  public init(
    certificate: [UInt8], chain: [[UInt8]], serial: SerialNumber, repeated: Bool, profile: ProfileName? = nil
  ) {
    self.certificate = certificate
    self.chain = chain
    self.serial = serial
    self.repeated = repeated
    self.profile = profile
  }
}

/// What a door needs of issuing.
public protocol Enrolling: Sendable {
  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued
  /// Every certificate, DER, that a client needs to trust what the label's authority issued, root included; without a
  /// label, those of every issuing authority that a device door reaches.
  func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]]
}
