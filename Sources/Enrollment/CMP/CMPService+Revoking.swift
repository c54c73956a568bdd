import Credentials
import Issuance
import WireFormats

extension CMPService {
  /// rr (RFC 9483 §4.2): a device revokes its own certificates, a registration authority what it enrolled.
  func revoke(_ content: RevReqContent, _ exchange: Exchange) async throws(PKIStatusInfo) -> Answered {
    do throws(PKIStatusInfo) {
      let revoker = try await revoker(exchange)
      guard content.isReasonKnown else { throw .rejection(.badDataFormat, "there is no such reason") }
      do throws(Refusal) {
        try await revoking.revokeOwn(
          .issued(by: content.issuer, content.serial), reason: content.reason ?? .unspecified, by: revoker, door: .cmp,
          address: exchange.client)
      } catch {
        guard error.code == .notFound else { throw PKIStatusInfo(error) }
        throw .rejection([.badCertId, .notAuthorized], error.reason)
      }
      return try await seal(.revocation(PKIStatusInfo(.accepted), of: content), exchange)
    } catch {
      return try await seal(.revocation(error, of: nil), exchange, failure: error)
    }
  }

  private func revoker(_ exchange: Exchange) async throws(PKIStatusInfo) -> Revoker {
    guard case .certificate(let certificate, _) = exchange.protector else {
      throw .rejection([.wrongIntegrity, .notAuthorized], "rr is signed with the key of the device's certificate")
    }
    if let actor = try await registrationAuthority(certificate) { return .registrationAuthority(actor) }
    return .certificate(fingerprint: certificate.fingerprint)
  }

  func registrationAuthority(_ certificate: Certificate) async throws(PKIStatusInfo) -> Actor? {
    do throws(Refusal) {
      return try await registrar(certificate)
    } catch {
      throw PKIStatusInfo(error)
    }
  }
}
