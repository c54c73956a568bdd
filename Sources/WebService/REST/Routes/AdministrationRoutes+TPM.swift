import AdministrationAPI
import Enrollment
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  /// A device's own door too: its secret, and its TPM's evidence.
  var tpmRoutes: [APIRoute] {
    [
      APIRoute(
        method: .post, path: "/enroll/tpm/challenges", operation: "challengeTPM",
        summary: "Makes a challenge that only the shown TPM can answer: HTTP Basic as for enroll.", tag: "enrollment",
        access: .device, body: .json("TPMIntroduction", required: true), success: .json("TPMChallenge", status: 201),
        handler: .open { call in try await challengeTPM(call) }),
      APIRoute(
        method: .post, path: "/enroll/tpm", operation: "enrollWithTPM",
        summary: "Issues a certificate for a key that the answer shows to live in the TPM.", tag: "enrollment",
        access: .device,
        query: [QueryParameter(name: "profile", kind: .text, description: "Never widens what the secret allows.")],
        body: .json("TPMAnswer", required: true), success: .json("IssuedCertificate"),
        handler: .open { call in try await enrollWithTPM(call) }),
    ]
  }

  private func challengeTPM(_ call: APICall) async throws -> APIAnswer {
    let requester = try requester(of: call)
    let asked: TPMIntroductionBody = try call.decoded()
    let introduction = TPMIntroduction(
      endorsementCertificate: try Self.octets(asked.endorsementCertificate, "endorsement_certificate"),
      chain: try (asked.chain ?? []).map { try Self.octets($0, "chain") },
      endorsementKey: try Self.octets(asked.endorsementKey, "endorsement_key"),
      attestationKey: try Self.octets(asked.attestationKey, "attestation_key"))
    let challenge: TPMChallenge
    do throws(Refusal) {
      challenge = try await services.tpm.challenge(introduction, for: requester)
    } catch {
      throw wrongSecret(error, requester.name, call)
    }
    return try .json(TPMChallengeItem(challenge), status: 201)
  }

  private func enrollWithTPM(_ call: APICall) async throws -> APIAnswer {
    let requester = try requester(of: call)
    let label = call.query["profile"].map { ProfileName(rawValue: $0) }
    if let label, label == nil { throw Refusal(.notFound, "no profile has this name") }
    let asked: TPMAnswerBody = try call.decoded()
    guard let challenge = Hex.decode(asked.challenge) else {
      throw ProblemDetails.badRequest("challenge is not hexadecimal")
    }
    let answer = TPMAnswer(
      challenge: challenge, secret: try Self.octets(asked.secret, "secret"), key: try Self.octets(asked.key, "key"),
      attest: try Self.octets(asked.attest, "attest"), signature: try Self.octets(asked.signature, "signature"),
      request: try Self.request(asked.csr))
    let issued: Issued
    do throws(Refusal) {
      issued = try await services.tpm.answer(answer, from: requester, profile: label ?? nil)
    } catch {
      throw wrongSecret(error, requester.name, call)
    }
    return try .json(IssuedCertificate(issued))
  }

  private func requester(of call: APICall) throws(Refusal) -> TPMRequester {
    guard let authorization = call.authorization else {
      throw Refusal(.unauthenticated, "show the device's serial and secret, or a grant's, as HTTP Basic")
    }
    return TPMRequester(name: authorization.name, secret: authorization.secret, address: call.address)
  }

  static func octets(_ text: String, _ name: String) throws(ProblemDetails) -> [UInt8] {
    guard let octets = Base64.decode(Array(text.utf8)) else { throw .badRequest("\(name) is not base64") }
    return octets
  }
}

extension TPMChallengeItem {
  init(_ challenge: TPMChallenge) {
    self.init(
      challenge: Hex.encode(challenge.identifier), credential: Base64.encode(challenge.credential),
      encryptedSecret: Base64.encode(challenge.encryptedSecret), nonce: Base64.encode(challenge.nonce),
      expiresAt: challenge.expiresAt.description)
  }
}
