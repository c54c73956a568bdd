import Credentials
import WireFormats

/// The steps of one renewal, or of a first enrollment: trust, key, request, certificate.
extension DeviceClient {
  mutating func wake(at clock: Instant) -> Action {
    guard memory.identity != nil || memory.secret != nil else { return rest(until: clock + .days(1), .nothingToShow) }
    guard isDue(at: clock) else { return rest(until: nextLook(at: clock), .notDue) }
    // RFC 7030 §4.1: first whom to trust; a device that was off may find authorities, and a root, that it never saw.
    phase = .refreshing
    return .send(.authorities)
  }

  /// Without a clock `renewAt` says nothing.
  func nextLook(at clock: Instant) -> Instant {
    guard let present = present(at: clock) else { return clock + .days(1) }
    guard let renewAt = memory.renewAt, renewAt != .noExpiry else { return memory.renewAt ?? clock }
    return clock + max(renewAt - present, .seconds(0))
  }

  mutating func refreshed(
    _ reply: ESTReply, at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    guard reply.status == 200 else { return declined(reply, at: clock, using: &random) }
    guard let bundle = Self.certificates(in: reply) else { return unanswered(at: clock, using: &random) }
    if memory.takeRoots(from: bundle, at: clock) {
      phase = .keepingRoots(issuers: bundle)
      return .keep
    }
    // A device that had to ask for the time knows now whether it needed to come.
    guard isDue(at: clock) else { return rest(until: nextLook(at: clock), .notDue) }
    return prepare(bundle, at: clock, using: &random)
  }

  /// The key is kept before anybody hears of it: a certificate whose answer is lost is asked for again with it.
  mutating func prepare(
    _ issuers: [Certificate], at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    if let pending = memory.pendingKey, pending.fault()?.isGone != true {
      return ask(issuers, at: clock, using: &random)
    }
    if let key = keys.kept(of: memory.identity) {
      return keep(.keepingKey(issuers: issuers)) { $0.pendingKey = key }
    }
    do {
      let key = try keys.makeKey(using: &random)
      return keep(.keepingKey(issuers: issuers)) { $0.pendingKey = key }
    } catch {
      keyTrouble = "\(error)"
      return unanswered(at: clock, using: &random, .noKey)
    }
  }

  mutating func ask(
    _ issuers: [Certificate], at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    guard let request = memory.pendingKey?.certificationRequest(for: memory.serial) else {
      keyTrouble = memory.pendingKey?.fault()?.reason
      return unanswered(at: clock, using: &random, .noKey)
    }
    phase = .asking(issuers: issuers)
    // A secret beside a certificate was given by an operator, because the certificate alone did not do.
    let isRenewal = memory.secret == nil
    return .send(
      ESTMessage(
        operation: isRenewal ? .simplereenroll : .simpleenroll, authorization: isRenewal ? nil : memory.secret,
        showsCertificate: isRenewal, keyHome: memory.pendingKey?.home, body: Base64.encodeBytes(request)))
  }

  mutating func issued(
    _ reply: ESTReply, _ issuers: [Certificate], at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    guard reply.status == 200 else { return declined(reply, at: clock, using: &random) }
    return take(Self.certificates(in: reply)?.first, issuers, at: clock, using: &random)
  }

  /// A certificate is kept when it is for the key that asked, and a held root vouches for it.
  mutating func take(
    _ certificate: Certificate?, _ issuers: [Certificate], at clock: Instant,
    using random: inout some RandomNumberGenerator
  ) -> Action {
    guard let key = memory.pendingKey, let certificate,
      isOurs(certificate, key), let path = try? memory.path(from: certificate, through: issuers, at: clock)
    else { return unanswered(at: clock, using: &random) }
    let renewAt = RenewalWindow.point(of: certificate, using: &random)
    (failures, refusals, hasRenewed) = (0, 0, true)
    return keep(.keepingCertificate) {
      $0.identity = .init(
        key: key, certificate: certificate, chain: Array(path.certificates.dropFirst().dropLast()))
      ($0.pendingKey, $0.secret, $0.renewAt) = (nil, nil, renewAt)
    }
  }

  private func isOurs(_ certificate: Certificate, _ key: any DeviceKey) -> Bool {
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
