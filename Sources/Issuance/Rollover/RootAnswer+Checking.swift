import AuditLog
import Credentials
import WireFormats

/// A part of an answer that is what its task asked for.
enum CheckedPart: Sendable {
  case certificate(CertifyTask, Certificate)
  case list(ListTask, CertificateRevocationList)
  case founded(FoundTask, root: Certificate, newWithOld: Certificate, list: CertificateRevocationList)
  case epoch(EpochTask, signature: [UInt8])
}

extension RootAnswer {
  /// Holds the answer to what was asked: the request's exact text, and each part's signature and content.
  ///
  /// - Throws: `badRequest` naming what differs.
  func checked(against request: RootRequest) throws(Refusal) -> [CheckedPart] {
    guard self.request == request.id else {
      throw Refusal(.badRequest, "this answers the request \(self.request), not \(request.id)")
    }
    guard requestDigest == Self.digest(of: request) else {
      throw Refusal(.badRequest, "this answers a request of the same name with another text")
    }
    guard parts.count == request.tasks.count else {
      throw Refusal(.badRequest, "the answer has \(parts.count) parts where \(request.tasks.count) were asked for")
    }
    var checked: [CheckedPart] = []
    for (task, part) in zip(request.tasks, parts) {
      switch (task, part) {
      case (.certify(let task), .certificate(let octets)):
        checked.append(.certificate(task, try task.check(octets)))
      case (.list(let task), .list(let octets)): checked.append(.list(task, try task.check(octets)))
      case (.epoch(let task), .signature(let octets)):
        guard task.statement.isSigned(octets, by: task.issuer.certificate) else {
          throw Self.differs("signature", "the statement")
        }
        checked.append(.epoch(task, signature: octets))
      case (.found(let task), .founded(let root, let newWithOld, let list)):
        checked.append(try task.check(root: root, newWithOld: newWithOld, list: list))
      default: throw Refusal(.badRequest, "a part of the answer is of another kind than was asked for")
      }
    }
    return checked
  }

  fileprivate static func differs(_ what: String, _ part: String) -> Refusal {
    Refusal(.badRequest, "\(part) in the answer has another \(what) than was asked for")
  }
}

extension EpochStatement {
  /// Whether a root's key made this signature over the statement's text.
  public func isSigned(_ signature: [UInt8], by root: Certificate) -> Bool {
    guard let key = root.publicKey else { return false }
    return key.isValidSignature(signature, over: Array(text.utf8), algorithm: key.algorithm.signatureAlgorithm)
  }
}

extension CertifyTask {
  fileprivate func check(_ octets: [UInt8]) throws(Refusal) -> Certificate {
    let part = "the certificate of \(subject)"
    guard let certificate = try? Certificate(parsing: octets) else {
      throw Refusal(.badRequest, "\(part) cannot be read")
    }
    guard let key = issuer.certificate.publicKey, certificate.issuer == issuer.certificate.subject,
      certificate.authorityKeyIdentifier == issuer.certificate.subjectKeyIdentifier, certificate.isSigned(by: key)
    else { throw RootAnswer.differs("issuer", part) }
    guard certificate.subject == name else { throw RootAnswer.differs("name", part) }
    guard certificate.publicKey == publicKey else { throw RootAnswer.differs("key", part) }
    guard certificate.notAfter == notAfter else { throw RootAnswer.differs("end", part) }
    guard certificate.isAuthority, certificate.pathLength == (kind == .authority ? 0 : nil),
      certificate.keyUsage == [.keyCertSign, .cRLSign]
    else { throw RootAnswer.differs("use", part) }
    return certificate
  }
}

extension ListTask {
  func check(_ octets: [UInt8]) throws(Refusal) -> CertificateRevocationList {
    try check(octets, key: issuer.certificate.publicKey)
  }

  fileprivate func check(
    _ octets: [UInt8], key: SubjectPublicKeyInfo?
  ) throws(Refusal) -> CertificateRevocationList {
    let part = "the list of \(issuer.id)"
    guard let list = try? CertificateRevocationList(parsing: octets) else {
      throw Refusal(.badRequest, "\(part) cannot be read")
    }
    guard let key, list.issuer == issuer.certificate.subject.encoded, list.isSigned(by: key) else {
      throw RootAnswer.differs("issuer", part)
    }
    guard list.number == number else { throw RootAnswer.differs("number", part) }
    guard list.nextUpdate == nextUpdate, list.criticalExtensions.isEmpty else { throw RootAnswer.differs("end", part) }
    let asked = entries.map { CRLEntry(serial: $0.serial, revokedAt: $0.revokedAt, reason: $0.statedReason) }
    guard list.entries == asked else { throw RootAnswer.differs("content", part) }
    return list
  }
}

extension FoundTask {
  func check(
    root octets: [UInt8], newWithOld: [UInt8], list: [UInt8]
  ) throws(Refusal) -> CheckedPart {
    guard let root = try? Certificate(parsing: octets), let key = root.publicKey, root.isSelfIssued, root.isAuthority,
      root.isSigned(by: key), root.keyUsage == [.keyCertSign, .cRLSign]
    else { throw Refusal(.badRequest, "the new root's certificate is none") }
    guard root.subject == name else { throw RootAnswer.differs("name", "the new root") }
    guard key.algorithm == algorithm else { throw RootAnswer.differs("kind of key", "the new root") }
    let road = CertifyTask(
      .newWithOld, by: issuer, for: id, name: name, publicKey: key, notAfter: issuer.certificate.notAfter)
    let first = ListTask(
      by: RootReference(id: id, certificate: root), number: 1, nextUpdate: nextUpdate, entries: [])
    return .founded(
      self, root: root, newWithOld: try road.check(newWithOld), list: try first.check(list, key: key))
  }
}
