/// The line that an operator pastes on a device that has nothing but openssl and curl.
///
/// It makes a key that never leaves the device, takes the root certificate whose fingerprint it was given and no other,
/// and enrolls over EST (RFC 7030 §4.2) trusting that root alone. The secret goes from the shell's own `printf` to curl's
/// standard input, so that no list of processes shows it.
package struct EnrollmentLine: Sendable {
  /// The HTTPS address.
  package let url: String
  /// Lower-case hexadecimal.
  package let rootSHA256: String
  /// A device's serial or a grant's name.
  package let name: String
  package let secret: String
  /// What the request's subject says; a device's record already knows its serial, a grant's device has to say it.
  package let subjectSerial: String?

  package init(url: String, rootSHA256: String, name: String, secret: String, subjectSerial: String? = nil) {
    self.url = url
    self.rootSHA256 = rootSHA256
    self.name = name
    self.secret = secret
    self.subjectSerial = subjectSerial
  }

  /// The folder `identity-SERIAL` that the line makes holds key.pem, cert.pem and root.pem afterwards.
  package var text: String {
    let device = subjectSerial ?? name
    return [
      "(umask 077; U=\(ShellText.quote(url)) N=\(ShellText.quote(name)) S=\(ShellText.quote(secret))",
      "D=\(ShellText.quote(device)) R=\(rootSHA256);",
      // A serial may hold characters that the name of a folder may not.
      "F=\"identity-$(printf %s \"$D\" | tr -c A-Za-z0-9.- _)\"; mkdir \"$F\" && cd \"$F\" || exit;",
      "curl -sSfk \"$U/.well-known/est/cacerts\" | openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs |",
      "awk '/-BEGIN/{n++} n{print > (\"ca\" n \".pem\")}' &&",
      "for c in ca*.pem; do openssl x509 -in $c -noout -fingerprint -sha256 | tr -d : | grep -iq \"$R\" &&",
      "cp $c root.pem; done; test -s root.pem &&",
      "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -subj \(subject)",
      "-outform DER 2>/dev/null | openssl base64 -A > csr.b64 &&",
      "printf 'user = \"%s:%s\"\\n' \"$N\" \"$S\" | curl -sSf -K - --cacert root.pem",
      "-H 'Content-Type: application/pkcs10' --data-binary @csr.b64 \"$U/.well-known/est/simpleenroll\" |",
      "openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs -out cert.pem &&",
      "openssl x509 -in cert.pem -noout -subject -enddate)",
    ].joined(separator: " ")
  }

  private var subject: String { subjectSerial == nil ? "/" : "\"/serialNumber=$D\"" }
}
