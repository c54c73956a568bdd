import WireFormats

/// Something that is not as it has to be.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An event did not end as it should.
    case expectation
    /// An honest device without a certificate that is valid, recorded, in good standing, and chains to its own root.
    case deviceLost
    /// A certificate issued to a device that was not to have one.
    case renewedAgainstStanding
    case serialTwice
    case quota
    case log
  }

  public let kind: Kind
  public let words: String

  init(_ kind: Kind, _ words: String) {
    self.kind = kind
    self.words = words
  }

  public var description: String { "\(kind.rawValue): \(words)" }
}

/// What a rehearsal wrote down while it ran.
struct RehearsalRecord: Sendable {
  struct Event: Sendable {
    let name: String
    /// Since the founding, when it began.
    let day: Int64
    /// How long it took in the fleet's time.
    let days: Int64
    let devices: Int
    /// By a person.
    let acts: Int
    /// How long it took here.
    let seconds: Double
    let remark: String

    var line: String {
      "day \(day): \(name): \(devices) devices, \(acts) acts, \(Figures.seconds(seconds)); \(remark)"
    }
  }

  /// The fleet at one moment.
  struct Sample: Sendable {
    let day: Int64
    let honest: Int
    /// Honest devices whose certificate is valid at this moment.
    let current: Int
    /// Honest devices that are on.
    let reachable: Int
    let renewed: Int
  }

  var events: [Event] = []
  var samples: [Sample] = []
  var failed: [Finding] = []
  /// What OCSP said, how often.
  var answers: [String: Int] = [:]

  mutating func sample(day: Int64, fleet: Fleet, renewed: Int) {
    let now = fleet.world.now
    let honest = fleet.truths.filter { $0.standing == .honest }
    samples.append(
      Sample(
        day: day, honest: honest.count, current: honest.count { ($0.endsAt ?? now) > now },
        reachable: honest.count { !$0.isOff(at: now) }, renewed: renewed))
  }
}

enum Figures {
  static func seconds(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
  }

  /// 1234567 as 1,234,567.
  static func count(_ value: Int) -> String {
    let digits = Array(String(value))
    return digits.enumerated().reduce("") { text, digit in
      text + ((digits.count - digit.offset) % 3 == 0 && digit.offset > 0 ? "," : "") + String(digit.element)
    }
  }
}
