import Foundation
import Issuance
import Registry
import TestKit
import Testing
import Watching
import WireFormats

@Suite struct ConditionTests {
  static func target(_ url: String = "http://127.0.0.1:9/") throws -> NotificationTarget {
    let address = try #require(WebhookAddress(url))
    return try #require(
      NotificationTarget(name: "pager", way: .address(address), kinds: Set(ConditionKind.allCases)))
  }

  static func told(_ scene: WatchScene) async throws -> [String] {
    let organization = scene.installation.organization
    return try await scene.installation.store.read {
      try $0.waitingNotifications(for: "pager", limit: 100, in: organization)
    }.map { waiting in
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(waiting.document)) as? [String: Any])
      return "\(document["state"] ?? "") \(document["condition"] ?? "")"
    }
  }

  /// What is not looked at here stays quiet: the test's authorities end in years.
  static func quiet() -> WatchThresholds {
    var thresholds = WatchThresholds()
    (thresholds.diskFreePercent, thresholds.authorityEndsWithin) = (0, .days(1))
    return thresholds
  }

  @Test func aCloneIsToldOnceAndAfterARestartNotAgain() async throws {
    try await WatchScene.with { scene in
      let target = try Self.target()
      let watcher = scene.watcher([target], thresholds: Self.quiet())
      _ = try await watcher.lookNow()
      #expect(try await Self.told(scene) == [])
      for _ in 0..<3 { try await scene.append("device.clone-suspected", on: "device:x", outcome: "alarm") }
      _ = try await watcher.lookNow()
      _ = try await watcher.lookNow()
      #expect(try await Self.told(scene) == ["raised clone"])
      let restarted = scene.watcher([target], thresholds: Self.quiet())
      _ = try await restarted.lookNow()
      #expect(try await Self.told(scene) == ["raised clone"])
      // A day without another clears it; the next one is told again.
      scene.installation.clock.advance(by: .hours(25))
      _ = try await restarted.lookNow()
      try await scene.append("device.clone-suspected", on: "device:x", outcome: "alarm")
      _ = try await restarted.lookNow()
      #expect(try await Self.told(scene) == ["raised clone", "cleared clone", "raised clone"])
    }
  }

  /// What happened while nobody watched is seen at the next start.
  @Test func whatCameWhileTheServerWasAwayIsNotLost() async throws {
    try await WatchScene.with { scene in
      let target = try Self.target()
      _ = try await scene.watcher([target], thresholds: Self.quiet()).lookNow()
      try await scene.append("device.clone-suspected", on: "device:y", outcome: "alarm")
      _ = try await scene.watcher([target], thresholds: Self.quiet()).lookNow()
      #expect(try await Self.told(scene) == ["raised clone"])
      let organization = scene.installation.organization
      let entries = try await scene.installation.store.read {
        try $0.auditEntries(after: nil, limit: 1000, subject: "condition:clone:device:y", in: organization)
      }
      #expect(entries.count == 1)
    }
  }

  @Test func risingRefusalsAreToldOnceAndAgainAfterTheyFell() async throws {
    try await WatchScene.with { scene in
      var thresholds = Self.quiet()
      thresholds.refusals = 10
      let watcher = scene.watcher([try Self.target()], thresholds: thresholds)
      _ = try await watcher.lookNow()
      for _ in 0..<9 { try await scene.append("certificate.issue", on: "device:x", outcome: "refused") }
      _ = try await watcher.lookNow()
      #expect(try await Self.told(scene) == [])
      for _ in 0..<3 { try await scene.append("certificate.issue", on: "device:x", outcome: "refused") }
      for _ in 0..<3 { _ = try await watcher.lookNow() }
      #expect(try await Self.told(scene) == ["raised refusals"])
      scene.installation.clock.advance(by: .hours(1))
      _ = try await watcher.lookNow()
      // The same number again is now usual by a day's measure only if it comes all the time.
      for _ in 0..<12 { try await scene.append("certificate.issue", on: "device:x", outcome: "refused") }
      _ = try await watcher.lookNow()
      #expect(try await Self.told(scene) == ["raised refusals", "cleared refusals", "raised refusals"])
    }
  }

  @Test func anEndingAuthorityALowDiskAndAnUnrenewedFleetAreSeen() async throws {
    try await WatchScene.with { scene in
      var thresholds = WatchThresholds()
      (thresholds.diskFreePercent, thresholds.authorityEndsWithin) = (99, .days(36_500))
      let watcher = scene.watcher([try Self.target()], thresholds: thresholds)
      _ = try await watcher.lookNow(expiring: UnrenewedCertificates(count: 2, serials: ["A", "B"]))
      let told = try await Self.told(scene)
      #expect(told.contains("raised disk") && told.contains("raised expiring") && told.contains("raised authority"))
    }
  }

  @Test func anUnrenewedCertificateIsFoundAndARenewedOneIsNot() async throws {
    try await WatchScene.with { scene in
      let installation = scene.installation
      let administrator = Actor(name: "Ann", role: .administrator, fingerprint: [])
      let serials = ["R-1", "R-2"]
      for serial in serials {
        _ = try await installation.enrollment.enroll(
          EnrollmentRequest(
            request: try await TestDevice(serial).request(), credential: .administrator(administrator), door: .rest,
            label: ProfileName(rawValue: "operational"), isRenewal: false, address: "192.0.2.1"))
      }
      let organization = installation.organization
      let issued = try await installation.store.read { reader in
        try serials.flatMap { serial in
          try reader.devices(serial: serial, in: organization).flatMap {
            try reader.certificates(of: $0.id, notExpiredAt: nil, in: organization)
          }
        }
      }
      let end = try #require(issued.first?.notAfter)
      #expect(try await scene.watcher([]).expiringNow().count == 0)
      let left = end - installation.clock.now()
      installation.clock.advance(by: Span(milliseconds: left.milliseconds - 3_600_000))
      // They end at the same second, in any order.
      #expect(Set(try await scene.watcher([]).expiringNow().serials) == Set(serials))
      _ = try await installation.enrollment.enroll(
        EnrollmentRequest(
          request: try await TestDevice("R-1").request(), credential: .certificate(issued[0].encoded, chain: []),
          door: .est, label: nil, isRenewal: true, address: "192.0.2.1"))
      #expect(try await scene.watcher([]).expiringNow() == UnrenewedCertificates(count: 1, serials: ["R-2"]))
    }
  }
}
