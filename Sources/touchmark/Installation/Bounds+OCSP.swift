import Credentials
import Status
import WebService

extension WebServerConfiguration.Bounds {
  /// The bounds that the OCSP responder keeps itself, as HTTP knows nothing of certificates and signatures.
  package var ocspPolicy: OCSPPolicy {
    OCSPPolicy(
      limits: OCSPRequestLimits(octets: ocspBodyBytes, certificates: ocspCertificates),
      concurrentSignatures: ocspSignatures, concurrentCacheFills: ocspSignatures)
  }
}
