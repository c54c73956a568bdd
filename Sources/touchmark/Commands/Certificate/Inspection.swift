import Credentials
import WireFormats

/// One thing that `certificate inspect` found.
package enum Inspection: Sendable {
  case certificate(Certificate)
  case request(CertificationRequest)

  /// - Throws: `.refused` with the reason in words when the bytes are not what the label says.
  package init(_ block: PEM) throws(CommandFailure) {
    do {
      if block.label.hasSuffix("REQUEST") {
        self = .request(try CertificationRequest(parsing: block.bytes))
      } else {
        self = .certificate(try Certificate(parsing: block.bytes))
      }
    } catch let error as CertificationRequestError {
      throw CommandFailure(.refused, "the request cannot be read: \(error)")
    } catch let error as CertificateError {
      throw CommandFailure(.refused, "the certificate cannot be read: \(Self.words(error))")
    } catch {
      throw CommandFailure(.refused, "the \(block.label.lowercased()) cannot be read")
    }
  }

  private static func words(_ error: CertificateError) -> String {
    switch error {
    case .tooLarge: "it is longer than \(Certificate.maximumSize) octets"
    case .malformed: "it is not DER of X.509"
    case .unsupportedVersion: "its version is unknown"
    case .badSerialNumber: "its serial number is zero, negative or too long"
    case .signatureAlgorithmMismatch: "it names two signature algorithms"
    case .duplicateExtension(let type): "the extension \(ExtensionID.name(of: type)) stands twice"
    case .malformedExtension(let type): "the extension \(ExtensionID.name(of: type)) is damaged"
    }
  }

  package func text(now: Instant) -> String {
    switch self {
    case .certificate(let certificate): CertificateText.render(certificate, now: now)
    case .request(let request): CertificateText.render(request)
    }
  }

  var summary: InspectionSummary {
    switch self {
    case .certificate(let certificate): InspectionSummary(certificate)
    case .request(let request): InspectionSummary(request)
    }
  }
}

/// What `-o json` says of it.
struct InspectionSummary: Encodable {
  var type: String
  var subject: String
  var issuer: String?
  var serialNumber: String?
  var notBefore: String?
  var notAfter: String?
  var key: String
  var signature: String
  var subjectAlternativeNames: [String]
  var extensions: [String]
  var fingerprint: String?
  var isSignedByItsKey: Bool?
  var pem: String

  init(_ certificate: Certificate) {
    type = "certificate"
    (subject, issuer) = (certificate.subject.description, certificate.issuer.description)
    serialNumber = certificate.serial.description
    (notBefore, notAfter) = (certificate.notBefore.description, certificate.notAfter.description)
    key = AlgorithmText.key(certificate.subjectPublicKeyInfo)
    signature = AlgorithmText.signature(certificate.encoded)
    subjectAlternativeNames = certificate.subjectAlternativeNames.map(\.description)
    extensions = certificate.extensions.map { ExtensionID.name(of: $0.identifier) }
    fingerprint = Hex.encode(certificate.fingerprint)
    pem = PEM(label: "CERTIFICATE", bytes: certificate.encoded).text
  }

  init(_ request: CertificationRequest) {
    type = "request"
    subject = request.subject.description
    key = AlgorithmText.key(request.publicKey.encoded)
    signature = AlgorithmText.signature(request.encoded)
    subjectAlternativeNames = request.subjectAlternativeNames.map(\.description)
    extensions = request.extensions.map { ExtensionID.name(of: $0.identifier) }
    isSignedByItsKey = request.verifyProofOfPossession()
    pem = PEM(label: "CERTIFICATE REQUEST", bytes: request.encoded).text
  }

  enum CodingKeys: String, CodingKey {
    case type, subject, issuer, key, signature, extensions, fingerprint, pem
    case serialNumber = "serial_number"
    case notBefore = "not_before"
    case notAfter = "not_after"
    case subjectAlternativeNames = "subject_alternative_names"
    case isSignedByItsKey = "signed_by_its_key"
  }
}
