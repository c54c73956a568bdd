import Credentials
import KeyCustody

extension CertificateTemplate {
  /// Lint, then sign exactly what was linted: the one-shot token carries the bytes from one to the other.
  func certify(_ fields: CertificateFields, signer: any Signer) async throws(Refusal) -> [UInt8] {
    let linted: Linted
    do {
      linted = try prepare(fields)
    } catch {
      throw Refusal.lint(error)
    }
    let signature: [UInt8]
    do {
      signature = try await signer.sign(linted.toBeSigned)
    } catch {
      throw Refusal.signing(error)
    }
    return linted.certificate(signature: signature)
  }
}
