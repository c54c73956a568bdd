import Attestation
import Credentials
import Issuance
import Registry
import WireFormats

/// Enrolling with a TPM, in two messages: an introduction gets a challenge, its answer a certificate for a key that was
/// shown to live in that TPM.
///
/// A challenge is answered once, whatever the answer is worth, by the name that asked for it. Whoever loses the answer
/// asks for another challenge, and the same key gets the same certificate.
public struct TPMEnrollment: Sendable {
  /// How long a challenge can be answered: a slow TPM makes an RSA key in a minute.
  public static let lifetime = Span.minutes(5)
  static let door = "tpm"
  /// The rule that refuses evidence, as answers and the log name it.
  static let rule = "tpm"

  let store: any Store
  let organization: OrganizationID
  private let enrolling: any Enrolling
  let now: Clock
  /// Of entries in the log about evidence that was refused, by whose name it came.
  let refusals = RefusalBudget(perName: 10, total: 600)

  public init(store: any Store, organization: OrganizationID, enrolling: any Enrolling, clock: @escaping Clock) {
    (self.store, self.organization, self.enrolling, now) = (store, organization, enrolling, clock)
  }

  /// - Throws: `unauthenticated` for a wrong secret, `policy` with the rule `tpm` for evidence that is not believed.
  public func challenge(
    _ introduction: TPMIntroduction, for requester: TPMRequester
  ) async throws(Refusal) -> TPMChallenge {
    let time = now()
    let anchors = try await anchors(for: requester)
    let (state, activation): (TPMExchangeState, ActivationChallenge)
    do throws(Refusal) {
      (state, activation) = try prepare(introduction, anchors, requester, at: time)
    } catch {
      await recordRefusal(error, of: requester)
      throw error
    }
    let places = ChallengePlaces(requester: requester.name, endorsementKeyHash: state.challenge.endorsementKeyHash)
    let transaction = ProtocolTransaction(
      door: Self.door, identifier: places.newIdentifier(), state: state.encoded, createdAt: time,
      expiresAt: time + Self.lifetime)
    try await stored { [organization] writer in
      try writer.insert(transaction, now: time, in: organization)
      try places.trim(in: writer, of: organization)
    }
    return TPMChallenge(
      identifier: transaction.identifier, credential: activation.credential,
      encryptedSecret: activation.encryptedSecret,
      nonce: state.challenge.nonce, expiresAt: transaction.expiresAt)
  }

  /// - Throws: what `challenge` throws, and every refusal of enrolling.
  public func answer(
    _ answer: TPMAnswer, from requester: TPMRequester, profile: ProfileName?
  ) async throws(Refusal) -> Issued {
    let state = try await take(answer.challenge)
    guard state.requester == requester.name else { throw Self.unknownChallenge }
    let claims: ResidenceClaims
    do throws(AttestationFailure) {
      claims = try state.challenge.answer(
        secret: answer.secret, certifiedArea: answer.key, attest: answer.attest, signature: answer.signature,
        requestKey: answer.request.publicKey)
    } catch {
      let refusal = Refusal.policy(Self.rule, error.description)
      await recordRefusal(refusal, of: requester)
      throw refusal
    }
    let residence = KeyResidence(
      keyHash: claims.certifiedKey.publicKey.keyHash, endorsementKeyHash: claims.endorsementKeyHash,
      attestationKey: claims.attestationKey.area.encoded, manufacturer: state.manufacturer)
    return try await enrolling.enroll(
      EnrollmentRequest(
        answer.request.requested, credential: .secret(name: requester.name, secret: requester.secret), door: .rest,
        label: profile, isRenewal: false, residence: residence, address: requester.address))
  }

  private func prepare(
    _ introduction: TPMIntroduction, _ anchors: [TrustAnchorRecord], _ requester: TPMRequester, at time: Instant
  ) throws(Refusal) -> (TPMExchangeState, ActivationChallenge) {
    guard introduction.chain.count <= CertificationPath.maximumDepth,
      let certificate = try? Certificate(parsing: introduction.endorsementCertificate)
    else { throw Refusal(.badRequest, "the endorsement certificate cannot be read") }
    let intermediates = introduction.chain.compactMap { try? Certificate(parsing: $0) }
    let trusted = anchors.compactMap { try? Certificate(parsing: $0.certificate) }
    do throws(AttestationFailure) {
      let endorsementKey = try EndorsementKey.verify(
        certificate: certificate, intermediates: intermediates, publicArea: introduction.endorsementKey,
        anchors: trusted, at: time)
      let attestationKey = try AttestationKey(publicArea: introduction.attestationKey)
      var random = SystemRandomNumberGenerator()
      let (challenge, activation) = try ResidenceChallenge.make(
        endorsementKey: endorsementKey, attestationKey: attestationKey, random: &random)
      let manufacturer = anchors.first { $0.certificate == endorsementKey.anchor.encoded }?.name ?? ""
      return (
        TPMExchangeState(challenge: challenge, manufacturer: manufacturer, requester: requester.name), activation
      )
    } catch {
      throw Refusal(
        .policy, error.description, rule: Self.rule,
        hint: trusted.isEmpty ? "touchmark trust add --purpose tpm names a manufacturer of TPMs" : nil)
    }
  }

  private func anchors(for requester: TPMRequester) async throws(Refusal) -> [TrustAnchorRecord] {
    do {
      return try await store.read { [organization] reader in
        try ShownSecret.check(name: requester.name, secret: requester.secret, in: reader, of: organization)
        return try reader.trustAnchors(for: .tpm, in: organization)
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  private static let unknownChallenge = Refusal(
    .notFound, "no challenge has this identifier, or it was answered or ended", hint: "ask for another challenge")

  /// The state of a challenge, which is over with this.
  private func take(_ identifier: [UInt8]) async throws(Refusal) -> TPMExchangeState {
    let time = now()
    let found = try await stored { [organization] writer -> [UInt8]? in
      let transaction = try writer.protocolTransaction(
        door: Self.door, identifier: identifier, now: time, in: organization)
      try writer.deleteProtocolTransaction(door: Self.door, identifier: identifier, in: organization)
      return transaction?.state
    }
    guard let found, let state = try? TPMExchangeState(parsing: found) else { throw Self.unknownChallenge }
    return state
  }

  private func stored<T: Sendable>(
    _ body: @Sendable @escaping (any StoreWriter) throws -> T
  ) async throws(Refusal) -> T {
    do { return try await store.write(body) } catch { throw Refusal.from(error) }
  }
}
