import Credentials
import WireFormats

/// Says ahead that an administrator's own certificate ends: who finds out afterwards has to go to the machine.
package enum IdentityEnd {
  /// How long ahead.
  static let warning = Span.days(30)

  static func warn(about location: ServerLocation, at now: Instant = .now) {
    guard let text = try? InputFile.text(location.certificatePath),
      let block = (PEM.parse(text) ?? []).first(where: { $0.label == "CERTIFICATE" }),
      let certificate = try? Certificate(parsing: block.bytes), let message = message(certificate, at: now)
    else { return }
    StandardError.say(message)
    StandardError.hint("touchmark admin add NAME --role ROLE --out PATH makes the next one, under the same name")
  }

  /// Nil while there is time.
  package static func message(_ certificate: Certificate, at now: Instant) -> String? {
    guard now + warning > certificate.notAfter else { return nil }
    let end = ReadableTime.minute("\(certificate.notAfter)")
    return now > certificate.notAfter
      ? "this administrator's certificate ended at \(end) UTC" : "this administrator's certificate ends at \(end) UTC"
  }
}
