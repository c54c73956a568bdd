import ArgumentParser
import WireFormats

/// A length of time on a command line: `90s`, `15m`, `24h`, `7d`, `2w` or `10y`.
package struct Lifetime: ExpressibleByArgument, Hashable, Sendable {
  /// As it was written; the server reads the same form.
  package let text: String
  package let span: Span

  package init?(argument: String) {
    guard let span = Span(argument), span.milliseconds > 0 else { return nil }
    (text, self.span) = (argument, span)
  }
}
