import Credentials
import Issuance
import Registry
import WireFormats

/// Puts a header before a reply and protects both: with the secret that the request was protected with, else with the
/// server's signature (RFC 9483 §3.1, §3.2).
struct ReplySealer: Sendable {
  let protecting: any MessageProtecting
  let now: Clock

  struct Sealed: Sendable {
    let message: [UInt8]
    /// What the client's next message says in recipNonce.
    let nonce: [UInt8]
  }

  /// - Parameter protector: of the message that is answered.
  func seal(
    _ reply: Reply, to header: PKIHeader, protector: Protector, label: ProfileName?
  ) async throws(Refusal) -> Sealed {
    let nonce = [UInt8].random(count: 16)
    if case .secret(let name, let secret, let password) = protector {
      let fresh = password.salted([UInt8].random(count: password.salt.count))
      let header = self.header(
        answering: header, sender: .empty, keyIdentifier: Array(name.utf8), algorithm: fresh.algorithmIdentifier,
        nonce: nonce, reply)
      let body = Self.body(reply)
      let part = PKIMessage.protectedPart(header: header[...], body: body[...])
      let code = fresh.mac.code(part, key: fresh.key(secret))
      return Sealed(message: Self.message(header, body, code, reply.extraCertificates), nonce: nonce)
    }
    let credential = try await protecting.credential(label: label)
    let header = self.header(
      answering: header, sender: credential.certificate.subject,
      keyIdentifier: credential.certificate.subjectKeyIdentifier,
      algorithm: credential.algorithm.algorithmIdentifier, nonce: nonce, reply)
    let body = Self.body(reply)
    let signature = try await credential.sign(PKIMessage.protectedPart(header: header[...], body: body[...]))
    var certificates = [credential.certificate.encoded]
    for certificate in credential.chain + reply.extraCertificates where !certificates.contains(certificate) {
      certificates.append(certificate)
    }
    return Sealed(message: Self.message(header, body, signature, certificates), nonce: nonce)
  }

  /// What can be said when nobody can sign.
  func unprotected(_ reply: Reply, to header: PKIHeader) -> [UInt8] {
    let header = self.header(
      answering: header, sender: .empty, keyIdentifier: nil, algorithm: nil, nonce: .random(count: 16),
      reply)
    return Self.message(header, Self.body(reply), nil, [])
  }

  private func header(
    answering asked: PKIHeader, sender: DistinguishedName, keyIdentifier: [UInt8]?, algorithm: [UInt8]?, nonce: [UInt8],
    _ reply: Reply
  ) -> [UInt8] {
    DERWriter.build(capacity: 512) {
      $0.sequence {
        // RFC 9810 §7: in the client's version, where there is such a one here.
        $0.integer(asked.version == 3 || reply.needsVersion3 ? 3 : 2)
        $0.constructed(DERTag.contextConstructed(4)) { $0.raw(sender.encoded) }
        $0.raw(asked.sender)
        $0.constructed(DERTag.contextConstructed(0)) { $0.generalizedTime(now()) }
        if let algorithm { $0.constructed(DERTag.contextConstructed(1)) { $0.raw(algorithm) } }
        Self.octets(2, keyIdentifier, &$0)
        Self.octets(4, asked.transactionID, &$0)
        Self.octets(5, nonce, &$0)
        Self.octets(6, asked.senderNonce, &$0)
        guard reply.implicitConfirm else { return }
        $0.constructed(DERTag.contextConstructed(8)) {
          $0.sequence { InfoTypeAndValue(InfoTypeAndValue.implicitConfirm, [DERTag.null, 0]).write(to: &$0) }
        }
      }
    }
  }

  private static func octets(_ number: UInt8, _ octets: [UInt8]?, _ writer: inout DERWriter) {
    guard let octets else { return }
    writer.constructed(DERTag.contextConstructed(number)) { $0.octetString(octets) }
  }

  private static func body(_ reply: Reply) -> [UInt8] {
    DERWriter.build(capacity: reply.content.count + 8) {
      $0.header(reply.kind.tag, length: reply.content.count)
      $0.raw(reply.content)
    }
  }

  private static func message(
    _ header: [UInt8], _ body: [UInt8], _ protection: [UInt8]?, _ certificates: [[UInt8]]
  ) -> [UInt8] {
    DERWriter.build(capacity: header.count + body.count + 4096) {
      $0.sequence {
        $0.raw(header)
        $0.raw(body)
        if let protection { $0.constructed(DERTag.contextConstructed(0)) { $0.bitString(protection) } }
        guard !certificates.isEmpty else { return }
        $0.constructed(DERTag.contextConstructed(1)) {
          $0.sequence { for certificate in certificates { $0.raw(certificate) } }
        }
      }
    }
  }
}
