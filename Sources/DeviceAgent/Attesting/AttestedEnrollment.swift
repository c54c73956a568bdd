import Credentials
import DeviceClient
import DeviceTPM
import WireFormats

/// A first certificate for a key that the TPM shows to live in it: docs/attestation.md's exchange, from the device's side.
///
/// 1. The TPM's endorsement certificate and an attestation key are shown, and get a challenge.
/// 2. TPM2_ActivateCredential opens it, TPM2_Certify says what the device's key is, and both get the certificate.
struct AttestedEnrollment {
  enum Outcome {
    case issued(Certificate)
    /// As EST's door would say it.
    case declined(ESTReply)
    /// The server does not know this TPM's manufacturer, or the TPM shows nothing; why, for a person.
    case notBelieved(String)
  }

  private static let longestIdle = Duration.seconds(5)

  let home: TPMKeyHome
  let key: TPMDeviceKey
  let folder: AgentFolder

  func run(
    as secret: DeviceMemory.FirstSecret, of memory: DeviceMemory, over transport: ESTTransport, at clock: Instant
  ) throws(AgentFailure) -> Outcome {
    let (attestationKey, introduction): (TPMKeyBlob, Introduction)
    do throws(TPMError) {
      guard let found = try Introduction.find(in: home.tpm) else {
        return .notBelieved("the TPM holds no certificate of its manufacturer")
      }
      (attestationKey, introduction) = (try AttestationKeyFile.key(of: home, in: folder), found)
    } catch {
      throw AgentFailure(.later, error.words, hint: error.cure(home.place))
    }
    func ask(_ path: String, _ body: JSONValue) throws(AgentFailure) -> RESTAnswer {
      try transport.post(path, body, as: secret, of: memory, at: clock)
    }
    let challenged = try ask("/enroll/tpm/challenges", introduction.body(with: attestationKey))
    guard challenged.status == 201 else { return Self.outcome(challenged) }
    guard let challenge = Challenge(challenged.value) else { throw Self.unreadable }
    KillPoint.pass("tpm-challenged")
    let began = ContinuousClock.now
    let answer = try answer(challenge, attestationKey, introduction.kind, serial: memory.serial)
    // A chip may take a minute for an RSA key, and no server keeps an idle connection for that long.
    if began.duration(to: .now) > Self.longestIdle { transport.close() }
    KillPoint.pass("tpm-answered")
    let issued = try ask("/enroll/tpm", answer)
    guard issued.status == 200 else { return Self.outcome(issued) }
    guard case .string(let text)? = issued.value?["certificate"], let block = PEM.parse(text)?.first,
      let certificate = try? Certificate(parsing: block.bytes)
    else { throw Self.unreadable }
    try folder.note(attested: key.publicKey)
    return .issued(certificate)
  }

  private func answer(
    _ challenge: Challenge, _ attestationKey: TPMKeyBlob, _ kind: EndorsementKind, serial: String
  ) throws(AgentFailure) -> JSONValue {
    guard let request = key.certificationRequest(for: serial) else {
      throw AgentFailure(.failed, key.fault()?.reason ?? "the TPM's key does not sign")
    }
    do throws(TPMError) {
      let (tpm, subject, authorization) = (home.tpm, key.key, try home.authorization())
      let attester = TPMKey.blob(attestationKey)
      let (secret, area, statement) = try Waiting.result { () async throws(TPMError) in
        (
          try await tpm.activateCredential(
            challenge.credential, secret: challenge.encryptedSecret, for: attester, endorsement: kind),
          try await tpm.readPublic(subject).area,
          try await tpm.certify(subject, authorization: authorization, by: attester, nonce: challenge.nonce)
        )
      }
      return [
        "challenge": .string(challenge.identifier), "secret": .octets(secret), "key": .octets(area.encoded),
        "attest": .octets(statement.attest), "signature": .octets(statement.signature.encoded),
        "csr": .string(PEM(label: "CERTIFICATE REQUEST", bytes: request).text),
      ]
    } catch {
      throw AgentFailure(.failed, "the TPM does not answer the server's challenge: \(error.words)")
    }
  }

  private static func outcome(_ answer: RESTAnswer) -> Outcome {
    // 422 with this rule: the evidence. 404: a server from before there was this exchange.
    if answer.status == 422, case .string("tpm")? = answer.value?["rule"] {
      return .notBelieved(answer.words ?? "the server does not believe its evidence")
    }
    return .declined(answer.reply)
  }

  private static let unreadable = AgentFailure(
    .noServer, "what the server answered to the TPM's evidence cannot be read",
    hint: "the request is kept, and asked again with the same key")
}

/// What a TPM shows of itself.
private struct Introduction: Sendable {
  let kind: EndorsementKind
  let certificate: [UInt8]
  let key: [UInt8]

  /// The endorsement key on P-256 where it has a certificate, which is quicker, and else on RSA; nil without one.
  static func find(in tpm: TPM) throws(TPMError) -> Introduction? {
    for kind in [EndorsementKind.p256, .rsa2048] {
      do throws(TPMError) {
        return try Waiting.result { () async throws(TPMError) in
          Introduction(
            kind: kind, certificate: try await tpm.endorsementCertificate(kind),
            key: try await tpm.endorsementKey(kind).encoded)
        }
      } catch .notThere {
        continue
      }
    }
    return nil
  }

  func body(with attestationKey: TPMKeyBlob) -> JSONValue {
    [
      "endorsement_certificate": .octets(certificate), "endorsement_key": .octets(key),
      "attestation_key": .octets(attestationKey.publicPart),
    ]
  }
}

private struct Challenge: Sendable {
  let identifier: String
  let credential: [UInt8]
  let encryptedSecret: [UInt8]
  let nonce: [UInt8]

  init?(_ value: JSONValue?) {
    guard let value, case .string(let identifier)? = value["challenge"], let credential = value["credential"]?.octets,
      let secret = value["encrypted_secret"]?.octets, let nonce = value["nonce"]?.octets
    else { return nil }
    (self.identifier, self.credential, encryptedSecret, self.nonce) = (identifier, credential, secret, nonce)
  }
}

extension JSONValue {
  /// Base64, as REST carries octets.
  static func octets(_ octets: [UInt8]) -> JSONValue { .string(Base64.encode(octets)) }

  var octets: [UInt8]? {
    guard case .string(let text) = self else { return nil }
    return Base64.decode(Array(text.utf8))
  }

  /// The text of a string.
  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }
}
