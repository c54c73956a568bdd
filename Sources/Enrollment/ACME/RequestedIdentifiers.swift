import Credentials
import Issuance
import Registry
import WireFormats

/// What a finalize request's CSR names, held against its order (RFC 8555 §7.4, draft-ietf-acme-device-attest-07 §3.2).
enum RequestedIdentifiers {
  static func check(
    _ request: CertificationRequest, against order: ACMEOrderRecord, _ authorizations: [ACMEAuthorizationRecord],
    accountKey: [UInt8]
  ) throws(ACMEProblem) {
    // RFC 8555 §11.1: the account's key is not to be certified.
    guard request.publicKey.encoded != accountKey else {
      throw ACMEProblem(.badCSR, "the request is for the account's own key")
    }
    for authorization in authorizations {
      guard let attested = authorization.attestedKeyHash else { continue }
      guard attested == request.publicKey.keyHash else {
        throw ACMEProblem(.badCSR, "the request is for another key than the attested one").about(
          authorization.identifier)
      }
    }
    let named = try identifiers(request, in: order)
    let ordered = Set(order.identifiers)
    guard named.isSubset(of: ordered) else {
      throw ACMEProblem(.badCSR, "the request names what its order does not (rule subject-alternative-name)")
    }
    // A client may leave its device out of the certificate, and nothing else.
    let left = ordered.subtracting(named).filter { $0.kind == .dns || $0.kind == .ip }
    guard left.isEmpty else {
      throw ACMEProblem(.badCSR, "the request leaves out what its order names (rule subject-alternative-name)")
    }
  }

  private static func identifiers(
    _ request: CertificationRequest, in order: ACMEOrderRecord
  ) throws(ACMEProblem) -> Set<ACMEIdentifier> {
    var named: Set<ACMEIdentifier> = []
    for name in request.subjectAlternativeNames {
      switch name {
      case .dnsName(let text): named.insert(ACMEIdentifier(.dns, text.lowercased()))
      case .ipAddress: named.insert(ACMEIdentifier(.ip, String(name.description.dropFirst(3))))
      case .otherName, .uri, .email, .directoryName, .registeredID, .other:
        guard let device = ACMEIdentifier(name) else {
          throw ACMEProblem(
            .badCSR, "the request has an alternative name that no order can name (rule subject-alternative-name)")
        }
        named.insert(device)
      }
    }
    let texts = Set(order.identifiers.map(\.name))
    for attribute in request.subject.attributes
    where attribute.type == AttributeType.commonName || attribute.type == AttributeType.serialNumber {
      guard texts.contains(attribute.value) || texts.contains(attribute.value.lowercased()) else {
        throw ACMEProblem(.badCSR, "the request's subject names what its order does not (rule subject)")
      }
      for identifier in order.identifiers where identifier.name == attribute.value.lowercased() {
        named.insert(identifier)
      }
    }
    return named
  }

  /// RFC 8555 §7.4 lets a request have a name in its common name alone; in the certificate all of an order's names and
  /// addresses are alternative names, which is where verifiers look. What the request's key signed stays as it is.
  static func completed(
    _ request: CertificationRequest, by order: ACMEOrderRecord
  ) throws(CertificationRequestError) -> RequestedCertificate {
    let names = request.subjectAlternativeNames
    let shown = Set(names.map { $0.description.lowercased() })
    let missing = order.identifiers.compactMap(GeneralName.init).filter { !shown.contains($0.description) }
    guard !missing.isEmpty else { return request.requested }
    let others = request.requested.extensions.filter { $0.identifier != ExtensionID.subjectAlternativeName }
    let list = DERWriter.build {
      $0.sequence {
        for item in others + [.subjectAlternativeName(names + missing)] { $0.raw(item.encoded) }
      }
    }
    return try RequestedCertificate(
      encoded: request.requested.encoded, subject: request.subject, publicKey: request.publicKey,
      extensionList: list[...], proof: request.requested.proof)
  }
}

extension GeneralName {
  /// A host's name or address; nil for what names a device.
  fileprivate init?(_ identifier: ACMEIdentifier) {
    switch identifier.kind {
    case .dns: self = .dnsName(identifier.value)
    case .ip:
      guard let address = GeneralName.ipAddress(text: identifier.value) else { return nil }
      self = address
    case .permanentIdentifier, .hardwareModule: return nil
    }
  }
}
