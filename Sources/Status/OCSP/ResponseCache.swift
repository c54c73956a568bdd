import Credentials
import Registry
import WireFormats

/// A pre-signed answer about one certificate.
struct SignedResponse: Sendable, Hashable {
  let bytes: [UInt8]
  let entityTag: String
  let thisUpdate: Instant
  let nextUpdate: Instant
  /// What it says.
  let standing: CertificateStanding

  /// RFC 5019 §4: in the second half of its life a new one is made, so that nobody is given one about to end.
  func isFresh(at now: Instant) -> Bool {
    let half = Span(milliseconds: (nextUpdate - thisUpdate).milliseconds / 2)
    return now < thisUpdate + half && now >= thisUpdate
  }
}

/// Pre-signed answers, by authority and serial, in two generations: when the young one is full, the old one goes.
struct ResponseCache: Sendable {
  struct Key: Hashable, Sendable {
    let authority: AuthorityID
    let serial: SerialNumber
  }

  /// By the CertID's octets, which an answer repeats: SHA-1 or SHA-256, with NULL parameters or without.
  private typealias Variants = [[UInt8]: SignedResponse]

  private var young: [Key: Variants] = [:]
  private var old: [Key: Variants] = [:]
  private let capacity: Int
  /// Grows whenever something is forgotten.
  private(set) var generation: UInt64 = 0

  init(capacity: Int) { self.capacity = capacity }

  func response(_ key: Key, _ certificate: [UInt8]) -> SignedResponse? {
    (young[key] ?? old[key])?[certificate]
  }

  /// Keeps an answer whose standing was read at `generation`; not when anything was forgotten since, since it might
  /// have been this.
  mutating func insert(_ response: SignedResponse, _ key: Key, _ certificate: [UInt8], at generation: UInt64) {
    guard generation == self.generation, capacity > 0 else { return }
    if young[key] == nil, young.count >= (capacity + 1) / 2 { (old, young) = (young, [:]) }
    young[key, default: old[key] ?? [:]][certificate] = response
    old[key] = nil
  }

  mutating func forget(_ key: Key) {
    generation &+= 1
    young[key] = nil
    old[key] = nil
  }

  mutating func forgetAll() {
    generation &+= 1
    young = [:]
    old = [:]
  }
}
