import WireFormats

/// One rule on extensions, run once for each template.
protocol ExtensionRule: SendableMetatype {
  /// In kebab-case; refusals carry it.
  static var name: String { get }
  /// What is wrong; nil when nothing is.
  static func objection(to facts: ExtensionFacts) -> String?
}

/// One rule on what varies, run for each certificate.
protocol CertificateRule: SendableMetatype {
  static var name: String { get }
  static func objection(to facts: CertificateFacts) -> String?
}

/// One rule on subject and issuer names.
protocol NameRule: SendableMetatype {
  static var name: String { get }
  static func objection(to name: DistinguishedName) -> String?
}

/// One rule on each name of SubjectAltName.
protocol GeneralNameRule: SendableMetatype {
  static var name: String { get }
  static func objection(to name: GeneralName) -> String?
}

/// A certificate as the second stage sees it.
struct CertificateFacts {
  let fields: CertificateFields
  let extensions: ExtensionFacts
  let template: CertificateTemplate
}

/// Extensions, parsed for the rules.
struct ExtensionFacts: Sendable {
  let all: [CertificateExtension]
  let known: KnownExtensions
  let addresses: StatusAddresses
  let policies: [ObjectIdentifier]

  init(_ extensions: [CertificateExtension]) throws(LintFailure) {
    all = extensions
    do { known = try KnownExtensions(extensions) } catch {
      throw Self.malformed(error.identifier)
    }
    do { addresses = try StatusAddresses(extensions) } catch {
      throw LintFailure(rule: ExtensionEncoding.name, reason: "an address extension is not well formed")
    }
    do { policies = try Self.policies(extensions) } catch {
      throw Self.malformed(ExtensionID.certificatePolicies)
    }
  }

  var isAuthority: Bool { known.basicConstraints?.isAuthority ?? false }

  func contains(_ identifier: ObjectIdentifier) -> Bool { all.contains { $0.identifier == identifier } }

  func first(_ identifier: ObjectIdentifier) -> CertificateExtension? { all.first { $0.identifier == identifier } }

  private static func malformed(_ identifier: ObjectIdentifier) -> LintFailure {
    LintFailure(rule: ExtensionEncoding.name, reason: "\(ExtensionID.name(of: identifier)) is not well formed")
  }

  private static func policies(_ extensions: [CertificateExtension]) throws(DERError) -> [ObjectIdentifier] {
    guard let item = extensions.first(where: { $0.identifier == ExtensionID.certificatePolicies }) else { return [] }
    var outer = DERReader(item.value)
    var reader = try outer.readSequence()
    try outer.finish()
    var result: [ObjectIdentifier] = []
    repeat {
      var information = try reader.readSequence()
      result.append(try information.readObjectIdentifier())
    } while !reader.isAtEnd
    return result
  }
}
