import Enrollment
import Issuance
import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One request to the administration interface, read and checked against its route: what a handler works from.
public struct APICall: Sendable {
  /// The path's variable segments, decoded.
  let parameters: [String: String]
  let query: APIQuery
  /// As it arrived; checked against the route's schema when the route takes JSON.
  let body: [UInt8]
  /// Whether the body is CSV and not JSON lines: only imports ask.
  let isCSV: Bool
  let address: String
  /// What the Authorization field says, when it is Basic.
  let authorization: BasicAuthorization?
  /// DER of the client certificate whose key the connection proved; nobody has looked it up.
  let certificate: [UInt8]?

  /// A segment of the path. Routes name their own segments, so it is there; an empty text finds nothing.
  func segment(_ name: String) -> String { parameters[name] ?? "" }

  /// The JSON body, of which the schema has been checked.
  func decoded<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    do {
      return try JSONDecoder().decode(T.self, from: Data(body))
    } catch {
      throw ProblemDetails.badRequest("the body is not what this address takes")
    }
  }
}

/// A call whose caller is a known administrator. Handlers of protected routes take nothing else, so that none can run
/// without one.
public struct AdministratorContext: Sendable {
  let actor: Actor
  let call: APICall
}

/// Percent-decoding (RFC 3986 §2.1).
package enum PercentDecoding {
  /// Nil for a broken escape and for what is not UTF-8.
  package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      switch octet {
      case UInt8(ascii: "%"):
        guard rest.count >= 2, let decoded = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) else {
          return nil
        }
        octets += decoded
        rest = rest.dropFirst(2)
      case UInt8(ascii: "+") where plusIsSpace: octets.append(0x20)
      default: octets.append(octet)
      }
    }
    return String(validating: octets, as: UTF8.self)
  }
}
