import Credentials
import WireFormats

/// The steps of one renewal, or of a first enrollment: trust, key, request, certificate.
extension DeviceClient {
  mutating func wake(at clock: Instant) -> Action {
    guard memory.identity != nil || memory.secret != nil else { return rest(until: clock + .days(1), .nothingToShow) }
    guard isDue(at: clock) else { return rest(until: nextLook(at: clock), .notDue) }
    // RFC 7030 §4.1: first whom to trust; a device that was off may find authorities, and a root, that it never saw.
    phase = .refreshing
    return .send(ESTMessage(operation: .cacerts, authorization: nil, showsCertificate: false, body: []))
  }

  /// Without a clock `renewAt` says nothing.
  private func nextLook(at clock: Instant) -> Instant {
    guard case .known = DeviceTime(clock: clock, memory: memory) else { return clock + .days(1) }
    return memory.renewAt ?? clock
  }

  mutating func refreshed(
    _ reply: ESTReply, at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    guard reply.status == 200 else { return declined(reply, at: clock, using: &random) }
    guard let bundle = Self.certificates(in: reply) else { return unanswered(at: clock, using: &random) }
    guard memory.takeRoots(from: bundle, at: clock) else { return prepare(bundle, using: &random) }
    phase = .keepingRoots(issuers: bundle)
    return .keep
  }

  /// The key is kept before anybody hears of it: a certificate whose answer is lost is asked for again with it.
  mutating func prepare(_ issuers: [Certificate], using random: inout some RandomNumberGenerator) -> Action {
    if memory.pendingKey != nil { return ask(issuers) }
    let key = DeviceKey.generate(using: &random)
    return keep(.keepingKey(issuers: issuers)) { $0.pendingKey = key }
  }

  mutating func ask(_ issuers: [Certificate]) -> Action {
    guard let key = memory.pendingKey, let request = key.certificationRequest(for: memory.serial) else {
      return rest(until: .noExpiry, .nothingToShow)
    }
    phase = .asking(issuers: issuers)
    // A secret beside a certificate was given by an operator, because the certificate alone did not do.
    let isRenewal = memory.secret == nil
    return .send(
      ESTMessage(
        operation: isRenewal ? .simplereenroll : .simpleenroll, authorization: isRenewal ? nil : memory.secret,
        showsCertificate: isRenewal, body: Base64.encodeBytes(request)))
  }

  mutating func issued(
    _ reply: ESTReply, _ issuers: [Certificate], at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    guard reply.status == 200 else { return declined(reply, at: clock, using: &random) }
    guard let key = memory.pendingKey, let certificate = Self.certificates(in: reply)?.first,
      isOurs(certificate, key), memory.verifies(certificate, through: issuers, at: clock)
    else { return unanswered(at: clock, using: &random) }
    let renewAt = RenewalWindow.point(of: certificate, using: &random)
    (failures, refusals, hasRenewed) = (0, 0, true)
    return keep(.keepingCertificate) {
      $0.identity = .init(key: key, certificate: certificate)
      ($0.pendingKey, $0.secret, $0.renewAt) = (nil, nil, renewAt)
    }
  }

  private func isOurs(_ certificate: Certificate, _ key: DeviceKey) -> Bool {
    guard certificate.subjectPublicKeyInfo == key.publicKey.encoded, !certificate.isAuthority else { return false }
    guard let old = memory.identity?.certificate else {
      let subject = certificate.subject
      return (subject.values(of: AttributeType.serialNumber) + subject.values(of: AttributeType.commonName))
        .contains(memory.serial)
    }
    return certificate.subject == old.subject
  }

  private static func certificates(in reply: ESTReply) -> [Certificate]? {
    guard let der = Base64.decode(reply.body), let encoded = try? CertificatesOnly.decode(der) else { return nil }
    return encoded.compactMap { try? Certificate(parsing: $0) }
  }
}
