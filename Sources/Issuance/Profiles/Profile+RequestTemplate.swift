import Credentials
import Registry
import WireFormats

extension Profile {
  /// What requests under this profile should look like (RFC 9908 §3.4): a client that fills it in is not refused for its
  /// form.
  public var requestTemplate: CertificationRequestTemplate {
    CertificationRequestTemplate(
      subject: honored.contains(.subject)
        ? nil
        : subject.map {
          // Whatever differs from device to device is the client's to fill in.
          CertificationRequestTemplate.SubjectAttribute(type: $0.type, value: $0.template.rendered(with: [:]))
        },
      key: keys.first, extensions: requestedExtensions.map { .init($0) } + honoredExtensions)
  }

  /// The template, and beside it the same in the form that came before it, for clients that know only that: those that
  /// know the template use nothing else (RFC 9908 §3.4).
  public var requestAttributes: CertificationRequestAttributes {
    var attributes = CertificationRequestAttributes(keyAlgorithm: keys.first, extensions: requestedExtensions)
    attributes.items.append(
      .attribute(CertificationRequestTemplate.attributeType, values: [requestTemplate.encoded]))
    return attributes
  }

  private var requestedExtensions: [CertificateExtension] {
    [.keyUsage(keyUsage)] + (extendedKeyUsages.isEmpty ? [] : [.extendedKeyUsage(extendedKeyUsages)])
  }

  /// Alternative names that come from the request.
  private var honoredExtensions: [CertificationRequestTemplate.Extension] {
    guard !honored.isDisjoint(with: [.dns, .ip, .uri, .email]) else { return [] }
    return [.init(identifier: ExtensionID.subjectAlternativeName, critical: false, value: nil)]
  }
}

extension EnrollmentService {
  /// The CSR attributes of a profile, DER; nil without a label, since nothing says then which profile it will be.
  public func requestAttributes(label: ProfileName?) async throws(Refusal) -> [UInt8]? {
    guard let label else { return nil }
    return try await profile(named: label).requestAttributes.encoded
  }

  /// Throws `notFound`.
  func profile(named name: ProfileName) async throws(Refusal) -> Profile {
    let organization = organization
    let record: ProfileRecord?
    do {
      record = try await store.read { try $0.profile(name, in: organization) }
    } catch {
      throw Refusal.from(error)
    }
    guard let record else { throw Refusal(.notFound, "no profile has this name") }
    return try catalog.prepare(record).profile
  }
}
