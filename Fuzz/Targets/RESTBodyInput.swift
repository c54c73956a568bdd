import AdministrationAPI
import Foundation

/// A JSON body of `/api/v1`. The first byte of an input says which one it is to be read as; the rest is the body.
enum RESTBodyInput {
  private static let kinds: [any (Decodable & Sendable).Type] = [
    NewDevice.self, InvitationRequest.self, StandingReason.self, Replacement.self, NewGrant.self, Revocation.self,
    SigningRequest.self, EnrollmentBody.self, NewTrustAnchor.self,
  ]

  static func takes(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first else { return false }
    let kind = kinds[Int(first) % kinds.count]
    return (try? JSONDecoder().decode(kind, from: Data(bytes.dropFirst()))) != nil
  }
}
