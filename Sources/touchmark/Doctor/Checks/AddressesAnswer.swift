import Credentials
import Registry
import WireFormats

/// Fetches what certificates point at, as a verifier does, and believes only what is signed.
package enum AddressesAnswer: DoctorCheck {
  package static let name = "addresses-answer"
  package static let severity = Severity.error
  package static let looksAt =
    "whether the CRL, OCSP and CA addresses in certificates answer, with what the authority signed"
  package static let fix =
    "let the plain port be reached under the address in certificates: DNS, firewall, proxy; no redirect, no TLS"

  package static func examine(_ installation: Examination) async -> Verdict {
    var findings: [(Severity, String)] = []
    var asked = 0
    for (authority, certificate) in installation.issued.sorted(by: { $0.key < $1.key }) {
      guard let record = installation.authorities.first(where: { $0.id == authority }),
        let issuer = try? Certificate(parsing: record.certificate), let addresses = certificate.statusAddresses
      else { continue }
      let question = Question(issuer: issuer, certificate: certificate, installation: installation)
      for url in addresses.revocationLists {
        asked += 1
        if let finding = await question.list(url) { findings.append((.error, finding)) }
      }
      for url in addresses.issuers {
        asked += 1
        if let finding = await question.issuer(url) { findings.append((.error, finding)) }
      }
      for url in addresses.responders {
        asked += 1
        if let finding = await question.responder(url) { findings.append((.error, finding)) }
      }
    }
    guard asked > 0 else { return .skipped("no certificate that is valid now states an address") }
    return worst(of: findings, otherwise: "\(asked) addresses answer")
  }

  private struct Question {
    let issuer: Certificate
    let certificate: Certificate
    let installation: Examination

    func list(_ url: String) async -> String? {
      await fetched(url) { bytes in
        guard let list = try? CertificateRevocationList(parsing: bytes) else { return "is no CRL" }
        guard let key = issuer.publicKey, list.isSigned(by: key) else { return "is not signed by \(issuer.subject)" }
        guard let end = list.nextUpdate, installation.now <= end else { return "is a CRL that has ended" }
        return nil
      }
    }

    func issuer(_ url: String) async -> String? {
      await fetched(url) { $0 == issuer.encoded ? nil : "is not the certificate of \(issuer.subject)" }
    }

    func responder(_ url: String) async -> String? {
      guard let key = issuer.publicKey,
        let name = OCSPCertID(
          hash: .sha1, issuerName: issuer.subject.encoded, issuerKey: key.keyOctets, serial: certificate.serial)
      else { return nil }
      let body = FetchBody(type: "application/ocsp-request", bytes: OCSPRequest.encode([name]))
      return await fetched(url, posting: body) { bytes in
        guard let response = try? OCSPResponse(parsing: bytes) else { return "is no OCSP response" }
        guard response.status == .successful, let single = response.basic?.responses.first else {
          return "answers OCSP with \(response.status)"
        }
        if case .unknown = single.status { return "does not know a certificate that \(issuer.subject) issued" }
        return nil
      }
    }

    private func fetched(
      _ url: String, posting body: FetchBody? = nil, _ judge: ([UInt8]) -> String?
    ) async -> String? {
      do {
        let answer = try await installation.machine.fetch(url, posting: body)
        guard answer.status == 200 else { return "\(url) answers \(answer.status)" }
        return judge(answer.bytes).map { "\(url) \($0)" }
      } catch {
        return "\(url) does not answer"
      }
    }
  }
}
