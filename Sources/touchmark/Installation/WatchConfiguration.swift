import ArgumentParser
import Issuance
import Watching
import WireFormats

/// What `serve` and `up` take beside the configuration.
struct WatchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder, a file or an https address outside that each checkpoint of the log is taken to.",
      valueName: "place"))
  var checkpointSink: String?
}

/// One target in touchmark.yaml.
struct NotifyEntry: Codable, Equatable {
  var name: String
  var url: String?
  var command: [String]?
  var when: [String]?
  var timeout: String?
}

/// Thresholds in touchmark.yaml; what is absent has its default.
struct WatchEntry: Codable, Equatable {
  var expiringWithin: String?
  var authorityEndsWithin: String?
  var refusals: Int?
  var diskFreePercent: Int?
  var crlLate: String?

  enum CodingKeys: String, CodingKey {
    case refusals
    case expiringWithin = "expiring-within"
    case authorityEndsWithin = "authority-ends-within"
    case diskFreePercent = "disk-free-percent"
    case crlLate = "crl-late"
  }
}

extension InstallationConfiguration {
  /// Every target, or what is wrong with one.
  var notificationTargets: [NotificationTarget] {
    get throws(CommandFailure) {
      var targets: [NotificationTarget] = []
      for entry in notify ?? [] {
        let target = try entry.target
        guard !targets.contains(where: { $0.name == target.name }), targets.count < 64 else {
          throw CommandFailure(.refused, "notify in touchmark.yaml names '\(target.name)' twice, or over 64 targets")
        }
        targets.append(target)
      }
      return targets
    }
  }

  var thresholds: WatchThresholds {
    get throws(CommandFailure) {
      var thresholds = WatchThresholds()
      try Self.set(&thresholds.expiringWithin, watch?.expiringWithin, "expiring-within")
      try Self.set(&thresholds.authorityEndsWithin, watch?.authorityEndsWithin, "authority-ends-within")
      try Self.set(&thresholds.crlLate, watch?.crlLate, "crl-late")
      if let refusals = watch?.refusals { thresholds.refusals = try Self.count(refusals, 1...1_000_000, "refusals") }
      if let percent = watch?.diskFreePercent {
        thresholds.diskFreePercent = try Self.count(percent, 0...99, "disk-free-percent")
      }
      return thresholds
    }
  }

  /// The command line wins over what was written down.
  func checkpointSink(_ options: WatchOptions) throws(CommandFailure) -> CheckpointSink? {
    guard let place = options.checkpointSink ?? checkpointSink else { return nil }
    guard let sink = CheckpointSink(place) else {
      throw CommandFailure(
        .refused, "'\(place)' is no checkpoint sink",
        hint: "an absolute path of a folder or a file, or an https address")
    }
    return sink
  }

  private static func set(_ value: inout Span, _ text: String?, _ name: String) throws(CommandFailure) {
    guard let text else { return }
    guard let span = Span(text) else {
      throw CommandFailure(.refused, "watch: \(name) in touchmark.yaml is a time such as 12h or 7d, and not '\(text)'")
    }
    value = span
  }

  private static func count(_ value: Int, _ range: ClosedRange<Int>, _ name: String) throws(CommandFailure) -> Int {
    guard range.contains(value) else {
      throw CommandFailure(.refused, "watch: \(name) in touchmark.yaml is \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

extension NotifyEntry {
  fileprivate var target: NotificationTarget {
    get throws(CommandFailure) {
      let known = ConditionKind.allCases.map(\.rawValue)
      if let wrong = when?.first(where: { !known.contains($0) }) {
        throw failure("knows no condition '\(wrong)'", hint: "known are " + known.joined(separator: ", "))
      }
      let kinds = Set(when?.compactMap(ConditionKind.init(rawValue:)) ?? ConditionKind.allCases)
      guard let span = timeout.map({ Span($0) }) ?? .seconds(10),
        let target = NotificationTarget(name: name, way: try way, kinds: kinds, timeout: span)
      else {
        throw failure(
          "cannot be", hint: "a name of letters, digits and hyphens; a program by its absolute path; 1s to 5m")
      }
      return target
    }
  }

  private var way: NotificationTarget.Way {
    get throws(CommandFailure) {
      switch (url, command) {
      case (let url?, nil):
        guard let address = WebhookAddress(url) else {
          throw failure("has an address that is not taken", hint: "https, or http to this machine itself")
        }
        return .address(address)
      case (nil, let command?): return .command(command)
      default: throw failure("needs a url or a command, and one of them alone")
      }
    }
  }

  private func failure(_ what: String, hint: String? = nil) -> CommandFailure {
    CommandFailure(.refused, "notify in touchmark.yaml: '\(name)' \(what)", hint: hint)
  }
}
