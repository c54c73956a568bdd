import Registry
import Synchronization
import TestKit
import Testing
import Watching

@Suite struct EventHubTests {
  /// A log whose length a test sets.
  private final class Length: Sendable {
    private let value = Mutex<UInt64>(0)
    func set(_ next: UInt64) { value.withLock { $0 = next } }
    func get() -> UInt64 { value.withLock { $0 } }
  }

  @Test func aWaiterWakesWithinASecondOfGrowth() async throws {
    let length = Length()
    let hub = EventHub { length.get() }
    let began = ContinuousClock.now
    async let waited: Void = hub.growth(beyond: 0, until: began + .seconds(30))
    try await Task.sleep(for: .milliseconds(300))
    let grew = ContinuousClock.now
    length.set(1)
    await waited
    #expect(ContinuousClock.now - grew < .seconds(1))
  }

  @Test func aWaitEndsAtItsDeadlineAndWhenItIsCancelledOrClosed() async throws {
    let hub = EventHub { 5 }
    await hub.growth(beyond: 4, until: .now + .seconds(30))
    await hub.growth(beyond: 5, until: .now + .milliseconds(100))
    let cancelled = Task { await hub.growth(beyond: 5, until: .now + .seconds(60)) }
    cancelled.cancel()
    await cancelled.value
    let closed = Task { await hub.growth(beyond: 5, until: .now + .seconds(60)) }
    try await Task.sleep(for: .milliseconds(50))
    hub.close()
    await closed.value
    await hub.growth(beyond: 5, until: .now + .seconds(60))
  }

  @Test func placesAreBoundedPerClientAndInAll() {
    var bounds = EventHub.Bounds()
    (bounds.waiters, bounds.waitersPerClient) = (3, 2)
    let hub = EventHub(bounds: bounds) { 0 }
    #expect(hub.enter("a") && hub.enter("a"))
    #expect(!hub.enter("a"))
    #expect(hub.enter("b"))
    #expect(!hub.enter("c"))
    hub.leave("a")
    #expect(hub.enter("c"))
    #expect(hub.waiters == 3)
  }
}
